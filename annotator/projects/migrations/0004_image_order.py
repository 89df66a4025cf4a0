"""Images stand by folder and name. Columns, then their values in pieces, then the index: each step commits by itself,
so a large table is never locked for longer than one of them."""

from __future__ import annotations

from typing import Any

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from annotator.projects.order import place_of

CHUNK = 5_000


def fill(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Write the place of every image; a migration that was broken off goes on where rows have none."""
    image: Any = apps.get_model("projects", "Image")
    connection, meta = editor.connection, image._meta
    quote = connection.ops.quote_name
    statement = f"UPDATE {quote(meta.db_table)} SET {quote('place')} = %s WHERE {quote('id')} = %s"
    rows = image._base_manager.using(connection.alias).order_by("pk").values_list("pk", "folder", "name", "created")
    last = None
    while found := list((rows if last is None else rows.filter(pk__gt=last))[:CHUNK]):
        last = found[-1][0]
        values = [
            (place_of(folder, name, created), meta.pk.get_db_prep_value(pk, connection))
            for pk, folder, name, created in found
        ]
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.executemany(statement, values)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("projects", "0003_image_order"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="image", options={"default_manager_name": "objects", "ordering": ["place", "id"]}
        ),
        migrations.RemoveIndex(model_name="image", name="image_in_order"),
        migrations.AddField(
            model_name="image",
            name="folder",
            field=models.CharField(
                blank=True,
                default="",
                db_default="",
                help_text="Where it lay in the folder that was added, a/b.",
                max_length=1000,
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="place",
            field=models.CharField(
                default="", db_default="", editable=False, help_text="What images are ordered by.", max_length=1216
            ),
        ),
        migrations.AlterField(
            model_name="image",
            name="created",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="image", index=models.Index(fields=["project", "place", "id"], name="image_by_place")
        ),
    ]
