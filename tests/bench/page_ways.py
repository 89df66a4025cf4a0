"""Two projects in the database of DATABASE_URL, and what their pages take.

`python -m tests.bench.page_ways SMALL LARGE` prints {"small": {page: {"p95_ms", "queries", "processor_ms"}}, "large":
...} as JSON; `p95_ms` by the clock, `processor_ms` of a processor for one request, in this process and in its backend
of PostgreSQL (without the backend's parallel workers; null where the server runs on another machine)."""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
import numpy as np

PER_IMAGE, PEOPLE, PER_JOB, LABELS, ROUNDS = 20, 50, 50, 5, 40


def make(name: str, count: int, people: list[Any]) -> Any:
    """A project of so many images with objects, their history, jobs and reviews: four in ten images are done."""
    from django.utils import timezone

    from annotator.accounts.choices import Role
    from annotator.jobs.models import Job, JobImage
    from annotator.projects.models import Image, Label, Membership, Project
    from annotator.reviews.models import Review, Rule

    project = Project.objects.create(name=name)
    Rule.objects.create(project=project, mode="all")
    roles = [Role.OWNER, *[Role.ANNOTATOR] * (PEOPLE - 1)]
    Membership.objects.bulk_create(
        Membership(project=project, user=user, role=role) for user, role in zip(people, roles, strict=True)
    )
    labels = [Label.objects.create(project=project, name=f"label {n}", color="#0072b2", order=n) for n in range(LABELS)]
    now = timezone.now()
    images = [
        Image(
            project=project, name=f"photo {n}.jpg", folder=f"day {n % 30}", sha256=uuid.uuid4().hex * 2,
            source_sha256=f"{n:064x}", thumb_sha256=f"{n:064x}", media_type="image/jpeg", width=1024, height=768,
            bytes=1, source_format="JPEG", object_count=PER_IMAGE, annotation_seq=PER_IMAGE,
            created=now - timedelta(minutes=n % 40_000), state=("done", "in_progress", "new", "done", "new")[n % 5],
            review=("accepted", "none", "none", "waiting", "none")[n % 5],
        )
        for n in range(count)
    ]  # fmt: skip
    Image.objects.bulk_create(images, batch_size=2000)
    jobs = [Job(project=project, number=n + 1, assignee=None) for n in range(-(-count // PER_JOB))]
    for n, job in enumerate(jobs):
        job.assignee = people[n % PEOPLE] if n % 2 else None
    Job.objects.bulk_create(jobs)
    places = (JobImage(job=jobs[n // PER_JOB], image=image) for n, image in enumerate(images))
    JobImage.objects.bulk_create(places, batch_size=5000)
    Review.objects.bulk_create(
        (Review(image=image, submitted_by=people[1]) for image in images if image.review != "none"), batch_size=5000
    )
    _objects(project, labels, people)
    return project


def _objects(project: Any, labels: list[Any], people: list[Any]) -> None:
    """Objects and the revisions that made them: one object by Django, all others from it by the database."""
    from django.db import connection

    from annotator.annotations.models import Annotation, Revision

    one = Annotation.objects.create(
        image=project.images.first(), seq=PER_IMAGE + 1, author=people[0], seconds=8, **_ellipse()
    )
    number = f"(i.at * {PER_IMAGE} + k)"
    images = f"FROM projects_image WHERE project_id = '{project.pk}'"
    source = (
        f"(SELECT * FROM annotations_annotation WHERE id = '{one.pk}') p, "
        f"(SELECT id, created, row_number() OVER (ORDER BY id) AS at {images}) i "
        f"CROSS JOIN generate_series(1, {PER_IMAGE}) k"
    )
    objects = {field.column: f"p.{field.column}" for field in Annotation._meta.concrete_fields} | {
        "id": "gen_random_uuid()", "image_id": "i.id", "seq": "k", "z_order": "k", "label_id": _one_of(labels, number),
        "author_id": _one_of(people, number), "created": "i.created", "updated": "i.created",
    }  # fmt: skip
    history = {field.column: "NULL" for field in Revision._meta.concrete_fields} | {
        "id": "gen_random_uuid()", "annotation_id": "a.id", "image_id": "a.image_id", "seq": "a.seq", "revision": "1",
        "actor_id": "a.author_id", "created": "a.created", "action": "'create'", "changes": "%s::jsonb",
        "put_back": "false",
    }  # fmt: skip
    changes = json.dumps({"label": str(labels[0].pk), "seconds": 8.0, "clicks": 3, "rle": one.rle})
    with connection.cursor() as cursor:
        _insert(cursor, Annotation, objects, source)
        cursor.execute("DELETE FROM annotations_annotation WHERE id = %s", [one.pk])
        _insert(cursor, Revision, history, f"annotations_annotation a WHERE image_id IN (SELECT id {images})", changes)


def _ellipse() -> dict[str, Any]:
    from export import rle

    rows, columns = np.mgrid[:768, :1024]
    mask = rle.encode(((rows - 300) / 60) ** 2 + ((columns - 500) / 90) ** 2 < 1)
    return {"rle": mask.to_json(), "bbox": list(rle.bbox(mask)), "area": rle.area(mask)}


def _one_of(rows: list[Any], number: str) -> str:
    ids = ", ".join(f"'{row.pk}'::uuid" for row in rows)
    return f"(ARRAY[{ids}])[1 + {number} % {len(rows)}]"


def _insert(cursor: Any, model: Any, values: dict[str, str], source: str, *parameters: str) -> None:
    into = f"INSERT INTO {model._meta.db_table} ({', '.join(values)})"
    cursor.execute(f"{into} SELECT {', '.join(values.values())} FROM {source}", list(parameters) or None)


def requests_of(project: Any, people: list[Any]) -> dict[str, tuple[Any, str, str]]:
    """Who asks for what: (person, method, address)."""
    lead, worker, busy, label = people[0], people[2], people[3], project.labels.order_by("order")[2].pk
    image = project.images.filter(state="new").order_by("pk")[3].pk
    page, api = f"/projects/{project.pk}/", f"/api/v1/projects/{project.pk}/"
    return {
        "project page": (lead, "get", page),
        "project page of an annotator": (busy, "get", page),
        "filter by label and state": (lead, "get", f"{api}images/?with_label={label}&state=done&limit=60"),
        "filter by person and day": (
            lead, "get", f"{api}images/?assignee={busy.pk}&added_from=2020-01-01&min_objects=1&limit=60",
        ),
        "search by name": (lead, "get", f"{api}images/?search=photo+1&limit=60"),
        "most objects first": (lead, "get", f"{api}images/?sort=most&limit=60"),
        "next job, from the pool": (worker, "post", f"{api}jobs/next/"),
        "next unfinished image": (lead, "get", f"/api/v1/images/{image}/unfinished/"),
        "review queue": (lead, "get", f"{page}reviews/"),
        "dashboard": (lead, "get", f"{page}dashboard/"),
        "dashboard by API": (lead, "get", f"{api}dashboard/"),
    }  # fmt: skip


def processor_seconds() -> float | None:
    """What this process and its backend have taken of a processor; None where the backend is not on this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), inet_server_addr() = inet_client_addr()")
        pid, here = cursor.fetchone()
    stat = Path(f"/proc/{pid}/stat")
    if here is False or not stat.exists():
        return None
    ticks = stat.read_text().rsplit(")", 1)[1].split()[11:13]  # utime and stime, behind the name in brackets
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def timed(person: Any, method: str, address: str) -> dict[str, float | None]:
    """The 95th percentile of `ROUNDS` requests, and how many queries and how much of a processor one of them needs."""
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST="localhost")
    client.force_login(person)

    def ask() -> float:
        began = time.perf_counter()
        with transaction.atomic():
            answer = getattr(client, method)(address, content_type="application/json")
            transaction.set_rollback(True)  # a job that was handed out is there again
        assert answer.status_code == 200, (address, answer.status_code, answer.content[:300])
        return time.perf_counter() - began

    began = ask()
    spent = processor_seconds()
    seconds = sorted(ask() for _ in range(ROUNDS))
    spent_after = processor_seconds()
    with CaptureQueriesContext(connection) as queries:
        ask()
    print(f"{address[:70]:70} first {began:.2f} s, median {1000 * seconds[ROUNDS // 2]:.0f} ms", file=sys.stderr)
    return {
        "p95_ms": 1000 * seconds[int(0.95 * ROUNDS)],
        "queries": len([one for one in queries if "SAVEPOINT" not in one["sql"]]),
        "processor_ms": 1000 * (spent_after - spent) / ROUNDS if spent and spent_after else None,
    }  # fmt: skip


def main(small: str, large: str) -> None:
    """Make both and print what their pages take."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "annotator.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from annotator.accounts.models import User
    from annotator.dashboard.tally import catch_up

    call_command("migrate", verbosity=0)
    people = [User.objects.create(username=f"bench{n}", first_name=f"Person {n}") for n in range(PEOPLE)]
    projects = {}
    for name, count in (("small", int(small)), ("large", int(large))):
        began = time.monotonic()
        projects[name] = make(name, count, people)
        print(f"{name}: {count:,} images made in {time.monotonic() - began:.0f} s", file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    for name, project in projects.items():
        began = time.monotonic()
        catch_up(project)
        print(f"{name}: counted for the first time in {time.monotonic() - began:.1f} s", file=sys.stderr)
    found: dict[str, dict[str, Any]] = {name: {} for name in projects}
    for name, project in projects.items():
        for page, asked in requests_of(project, people).items():
            catch_up(project)  # what a request counts for the next ones is rolled back with it
            found[name][page] = timed(*asked)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
