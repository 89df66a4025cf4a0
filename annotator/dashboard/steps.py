"""The steps of images: written as they happen, read as net changes by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from annotator.dashboard.models import Step
from annotator.lib.days import start_of, today
from annotator.projects.choices import Standing
from annotator.projects.models import Image, Project

FINISHED = (Standing.DONE, Standing.ACCEPTED)
PACE_DAYS = 14
"""The rest is estimated by the pace of so many days."""
MOST_DAYS = 3650
"""An end farther away than this is no date."""


def note(image: Image, before: Standing, actor: Any) -> None:
    """Write a step down."""
    Step.objects.create(project=image.project, image=image, before=before, after=image.standing, actor=actor)


def moves_since(project: Project, since: date) -> list[dict[str, Any]]:
    """Return {"day", "actor_id", "before", "after", "copied", "n"}: how many steps there were from a day on, or for as
    long as the pace asks for, of images that are not in the bin; `copied`: of copies, which are none of the project's
    images though they are somebody's work."""
    since = min(since, today() - timedelta(days=PACE_DAYS - 1))
    binned = Image.with_bin.filter(project=project).exclude(deleted_at=None).values("pk")
    rows = Step.objects.filter(project=project, created__gte=start_of(since)).exclude(image__in=binned).order_by()
    days = rows.annotate(day=TruncDate("created"), copied=Q(image__copy_of__isnull=False))
    found: Any = days.values("day", "actor_id", "before", "after", "copied")
    return list(found.annotate(n=Count("pk")))


def done_by(moves: list[dict[str, Any]], days: list[date]) -> Counter[tuple[date, Any]]:
    """Count by day and person how often an image was brought to done; one that had come back counts again."""
    found: Counter[tuple[date, Any]] = Counter()
    for row in moves:
        if row["day"] >= days[0] and _finishes(row) > 0:
            found[(row["day"], row["actor_id"])] += row["n"]
    return found


def _finishes(row: dict[str, Any]) -> int:
    return (row["after"] in FINISHED) - (row["before"] in FINISHED)


def progress(
    project: Project, standings: Counter[str], moves: list[dict[str, Any]], days: list[date]
) -> list[dict[str, Any]]:
    """Return, for the end of each of these successive days up to today, how many of the images that the project has
    now stood where: {"day", "images", "new", "in_progress", "done", "accepted"}; "done" are those not yet accepted.

    Worked out backwards from what stands there now, so the last day is always true. Steps are known since the version
    of Maskwright that began to write them; before its first step an image counts as it stood then."""
    now, net = standings.copy(), _net(project, moves, days[0])
    rows = []
    for day in reversed(days):
        rows.append({"day": day, "images": sum(now.values())} | {name: max(now[name], 0) for name in Standing.values})
        now.subtract(net[day])
    return rows[::-1]


def pace(project: Project, standings: Counter[str], moves: list[dict[str, Any]], day: date) -> dict[str, Any]:
    """Estimate the rest: {"left": images, "per_day", "days", "finish"} at the pace of the last `PACE_DAYS` days until
    `day`, idle ones included, but none before the project's first step. None where nothing was finished on balance."""
    first = Step.objects.filter(project=project).order_by("created").values_list("created", flat=True).first()
    since = max(day - timedelta(days=PACE_DAYS - 1), first.date() if first else day)
    net = sum(row["n"] * _finishes(row) for row in moves if row["day"] >= since and not row["copied"])
    left = standings[Standing.NEW] + standings[Standing.IN_PROGRESS]
    per_day = net / ((day - since).days + 1)
    days = round(left / per_day) if per_day > 0 else None
    finish = day + timedelta(days=days) if days is not None and days <= MOST_DAYS else None
    return {"left": left, "per_day": round(max(per_day, 0.0), 2), "days": days, "finish": finish}


def standings_of(project: Project) -> Counter[str]:
    """Count where the images stand now."""
    rows = project.images.order_by().values_list("state", "review").annotate(n=Count("pk"))
    standings: Counter[str] = Counter()
    for state, review, n in rows:
        standings[Image(state=state, review=review).standing] += n
    return standings


def _net(project: Project, moves: list[dict[str, Any]], since: date) -> dict[date, Counter[str]]:
    """By how much each standing grew on each day; an image that was added grew "new"."""
    net: dict[date, Counter[str]] = defaultdict(Counter)
    for row in moves:
        if not row["copied"]:
            net[row["day"]][row["after"]] += row["n"]
            net[row["day"]][row["before"]] -= row["n"]
    added = project.images.filter(created__gte=start_of(since)).order_by().annotate(day=TruncDate("created"))
    for day, count in added.values_list("day").annotate(n=Count("pk")):
        net[day][Standing.NEW] += count
    return net
