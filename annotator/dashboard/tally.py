"""Counting what was done from what the app keeps anyway: the revisions of objects and the events of reviews.

- A mask counts for who made it, on that day (UTC), under the label it has when the day is counted; so does each later
  correction's time. A deletion counts for who made the mask. Images deleted since keep counting: the work was done.
- On copies of an image (`annotator.agreement`) work counts for who did it; what merging makes of them does not count
  again.
- `seconds` is active time. The editor measures it for each object (static/app/core/active_clock.js): from the first
  click, stroke or corner until it is stored, and again for each correction; a pause of more than 30 seconds without
  mouse, pen or keyboard is left out as a whole, and so is looking for the next object. A revision holds the object's
  sum so far; what counts here is by how much the revision raised it.
- A mask is `timed` when it came with active time. Imported ones and those accepted all at once do not, and are left
  out of seconds and clicks per mask.
- A decision of a review counts for who had submitted the image, on the day of the decision; `judged` counts each
  image's first decision, also when it was taken back later, and `passed` those first decisions that accepted.

What is older than an hour is counted once, by whoever looks first, and kept (`Ledger`, `Tally`); revisions and events
are never changed, so nothing can differ later. Only the rest is counted each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    UUIDField,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate
from django.utils import timezone

from annotator.agreement.models import Merged
from annotator.annotations.choices import Action
from annotator.annotations.models import Revision
from annotator.dashboard.models import SUMS, Ledger, Tally
from annotator.lib.turns import write_in_turn
from annotator.projects.models import Project
from annotator.reviews.choices import Kind
from annotator.reviews.models import Event

GRACE = timedelta(hours=1)
"""What was written so long ago is committed, however long its transaction took."""
LAG = timedelta(minutes=15)
"""The tallies may stay so far behind that."""
MADE = Q(action=Action.CREATE)
WORKED = Q(action=Action.UPDATE, changes__has_any_keys=["seconds", "clicks"])
DECISIONS = (Kind.ACCEPTED, Kind.RETURNED)
_BY_HAND = ~Exists(
    Merged.objects.filter(image=OuterRef("image"), first_seq__lte=OuterRef("seq"), last_seq__gte=OuterRef("seq"))
)


def catch_up(project: Project) -> datetime:
    """Count what is old enough and was not counted yet; return the moment until which the tallies go. Two at once
    count it once."""
    until = timezone.now() - GRACE
    ledger = Ledger.objects.filter(project=project).first()
    since = ledger.until if ledger else None
    if since is not None and until - since < LAG:
        return since
    # Counting takes a while the first time; nobody has to stand in line meanwhile.
    rows = count(project, since, until)
    with write_in_turn():
        held, new = Ledger.objects.select_for_update().get_or_create(project=project, defaults={"until": until})
        if (None if new else held.until) != since:
            return held.until
        _keep(project, rows)
        Ledger.objects.filter(project=project).update(until=until)
    return until


def _keep(project: Project, rows: list[Tally]) -> None:
    """Add rows to those that are kept: one row for each day, person and label."""
    known = Tally.objects.filter(project=project, day__in={row.day for row in rows})
    sums: dict[Any, Tally] = {}
    for row in (*known, *rows):
        kept = sums.setdefault((row.day, row.person_id, row.label_id), row)
        if kept is not row:
            for name in SUMS:
                setattr(kept, name, getattr(kept, name) + getattr(row, name))
    known.delete()
    Tally.objects.bulk_create(sums.values(), batch_size=1000)


def count(project: Project, since: datetime | None, until: datetime | None = None) -> list[Tally]:
    """Count what was done from `since` (None: ever) to before `until` (None: now)."""
    found = (*_masks(project, since, until), *_deletions(project, since, until), *_reviews(project, since, until))
    return [Tally(project=project, **row) for row in found]


def _between(rows: QuerySet[Any], since: datetime | None, until: datetime | None) -> QuerySet[Any]:
    rows = rows.filter(created__gte=since) if since else rows
    rows = rows.filter(created__lt=until) if until else rows
    days: QuerySet[Any] = rows.order_by().annotate(day=TruncDate("created"))
    return days


def _masks(project: Project, since: datetime | None, until: datetime | None) -> Iterator[dict[str, Any]]:
    work = _between(Revision.objects.filter(MADE | WORKED, _BY_HAND, image__project=project), since, until)
    work = work.annotate(said=_said("seconds"), spent=_raised("seconds"), clicked=_raised("clicks"))
    groups = work.values("day", "actor_id", "annotation__label_id").annotate(
        made=Count("pk", filter=MADE),
        timed=Count("pk", filter=MADE & Q(said__gt=0)),
        seconds=Sum("spent"),
        clicks=Sum("clicked"),
    )
    for row in groups:
        row["clicks"] = round(row["clicks"])
        yield _keyed(row, "actor_id")


def _deletions(project: Project, since: datetime | None, until: datetime | None) -> Iterator[dict[str, Any]]:
    gone = Q(action=Action.DELETE)
    changed = Revision.objects.filter(gone | Q(action=Action.RESTORE), _BY_HAND, image__project=project)
    rows = _between(changed, since, until)
    groups = rows.values("day", "annotation__author_id", "annotation__label_id")
    for row in groups.annotate(deleted=Count("pk", filter=gone) - Count("pk", filter=~gone)):
        yield _keyed(row, "annotation__author_id")


def _keyed(row: dict[str, Any], who: str) -> dict[str, Any]:
    keys = {"person_id": row.pop(who), "label_id": row.pop("annotation__label_id")}
    return row | keys


def _reviews(project: Project, since: datetime | None, until: datetime | None) -> Iterator[dict[str, Any]]:
    rows = _between(Event.objects.filter(image__project=project), since, until)
    earlier = Event.objects.filter(image=OuterRef("image"), created__lt=OuterRef("created"))
    handed_in = earlier.filter(kind__in=(Kind.SUBMITTED, Kind.CHANGED)).order_by("-created")
    decisions = rows.filter(kind__in=DECISIONS).annotate(
        person_id=Subquery(handed_in.values("actor")[:1], output_field=UUIDField()),
        again=Exists(earlier.filter(kind__in=DECISIONS)),
    )
    first = Q(again=False)
    yield from (
        decisions.values("day", "person_id").annotate(
            judged=Count("pk", filter=first),
            passed=Count("pk", filter=first & Q(kind=Kind.ACCEPTED)),
            returned=Count("pk", filter=Q(kind=Kind.RETURNED)),
        )
    )
    submitted = rows.filter(kind=Kind.SUBMITTED).values("day", person_id=F("actor_id"))
    yield from submitted.annotate(submitted=Count("pk"))


def _raised(name: str) -> Any:
    """By how much a revision raised a sum that the object carries; a smaller sum gives no time back."""
    said = _said(name)
    before = Revision.objects.filter(annotation=OuterRef("annotation"), revision__lt=OuterRef("revision"))
    known = before.filter(changes__has_key=name).order_by("-revision").annotate(sum=said).values("sum")[:1]
    more = said - Coalesce(Subquery(known), Value(0.0))
    return Case(
        When(Q(changes__has_key=name) & MADE, then=said),
        When(changes__has_key=name, then=Greatest(more, Value(0.0))),
        default=Value(0.0),
        output_field=FloatField(),
    )


def _said(name: str) -> Cast:
    return Cast(KT(f"changes__{name}"), FloatField())
