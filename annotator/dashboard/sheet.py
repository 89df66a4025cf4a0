"""The numbers as a table for spreadsheets: one row for each day, person and label. A person's agreement and score by
gold are of all they did, and stand in each of their rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from typing import Any

from annotator.accounts.models import User
from annotator.agreement.standings import NOTHING, standings_of
from annotator.dashboard.models import SUMS
from annotator.dashboard.numbers import figures, now_called, rows_since, sight_of, sums_by
from annotator.lib.days import last
from annotator.lib.words import plain_cell
from annotator.projects.models import Project

COLUMNS = ("day", "person", "label", *SUMS, "seconds_per_mask", "clicks_per_mask", *NOTHING)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def sheet_for(user: User, project: Project, days: int) -> Iterator[str]:
    """Yield the lines of the last days, as this person may see them: everybody's rows, or their own."""
    kept, fresh = rows_since(project, last(days)[0])
    only = None if sight_of(user, project).people else user.pk
    return _lines(project, sums_by(("day", "person_id", "label_id"), kept, fresh, only))


def _lines(project: Project, sums: dict[Any, Counter[str]]) -> Iterator[str]:
    writer = csv.DictWriter(_Echo(), COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    people = {person.pk: person.name for person in User.objects.filter(pk__in={key[1] for key in sums} - {None})}
    labels = dict(project.labels.values_list("pk", "name"))
    labels |= {gone: labels.get(now, "") for gone, now in now_called(project).items()}
    yield writer.writeheader()
    standings = standings_of(project)
    named = (
        ((day, people.get(who, ""), labels.get(label, "")), figures(row) | standings.get(who, NOTHING))
        for (day, who, label), row in sums.items()
    )
    for (day, who, label), row in sorted(named, key=lambda pair: pair[0]):
        cells = {"day": day.isoformat(), "person": plain_cell(who), "label": plain_cell(label)}
        yield writer.writerow(cells | row)
