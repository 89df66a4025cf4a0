"""Large tables in PostgreSQL, filled by the database itself: a column that must have a value gets one by its type."""

from __future__ import annotations

from django.db import connection

BY_TYPE = {
    "boolean": "false", "smallint": "0", "integer": "0", "bigint": "0", "double precision": "0", "jsonb": "'[]'",
    "timestamp with time zone": "now()", "uuid": "gen_random_uuid()", "text": "''", "character varying": "''",
    "bytea": "''", "numeric": "0", "date": "now()",
}  # fmt: skip


def key(kind: int, number: str) -> str:
    """Return SQL for the id of row `number` (SQL) among things of a kind."""
    return f"('00000000-0000-4000-{8000 + kind}-' || lpad(to_hex({number}), 12, '0'))::uuid"


def fill(table: str, count: int, **values: str) -> None:
    """Insert so many rows; `values` are SQL for columns, in which `n` is the row's number, from 0."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
            " AND column_default IS NULL AND is_identity = 'NO'",
            [table],
        )
        needed = {name: BY_TYPE[kind] for name, kind in cursor.fetchall() if name not in values}
        columns = needed | values
        names, made = ", ".join(f'"{name}"' for name in columns), ", ".join(columns.values())
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {made} FROM generate_series(0, %s) AS n', [count - 1])


def grow(objects: int) -> None:
    """Fill the tables as they were in 0.1.0: so many objects, each with a revision, twenty on an image."""
    images = max(1, objects // 20)
    fill("accounts_user", 1, id=key(4, "n"), username="'ann'")
    fill("projects_project", 1, id=key(0, "n"), name="'Large'")
    project = key(0, "0")
    fill("projects_label", 3, id=key(1, "n"), project_id=project, name="'label ' || n", color="'#0072b2'")
    hashed = "lpad(to_hex(n), 64, '0')"
    fill(
        "projects_image", images, id=key(2, "n"), project_id=project, name="'photo' || n || '.jpg'", width="1024",
        height="768", sha256=hashed, source_sha256=hashed, thumb_sha256=hashed, state="'new'",
    )  # fmt: skip
    rle = """'{"size": [768, 1024], "counts": "' || repeat(md5(n::text), 6) || '"}'"""
    on, by = key(2, f"mod(n, {images})"), key(4, "0")
    fill(
        "annotations_annotation", objects, id=key(3, "n"), image_id=on, author_id=by, label_id=key(1, "mod(n, 3)"),
        rle=f"({rle})::jsonb", bbox="'[1, 2, 30, 40]'", area="1200", revision="1", stage="'assisted_manual'",
        status="'open'", seq=f"n / {images} + 1",
    )  # fmt: skip
    fill(
        "annotations_revision", objects, annotation_id=key(3, "n"), image_id=on, actor_id=by, action="'create'",
        revision="1", seq=f"n / {images} + 1", changes=f"({rle})::jsonb",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
