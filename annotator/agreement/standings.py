"""Each person's agreement with others and score by gold, for the dashboard: of all they did, whatever the period."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from annotator.agreement.models import Compared
from annotator.agreement.scoring import scores_of
from annotator.projects.models import Project

Shares = tuple[Counter[str], Counter[str]]


def standings_of(project: Project) -> dict[uuid.UUID | None, dict[str, Any]]:
    """Return for each person who was compared or scored {"agreement", "gold", "gold_low", "gold_high"}, each None where
    there is nothing. Agreement is F1: of what they and others made on the same images, the share that both made."""
    both, all_of_them = _shares(project)
    scores = scores_of(project)
    found: dict[uuid.UUID | None, dict[str, Any]] = {}
    for pk in {uuid.UUID(person) for person in all_of_them} | scores.keys():
        total, gold = all_of_them[str(pk)], scores.get(pk)
        found[pk] = {
            "agreement": round(both[str(pk)] / total, 4) if total else None,
            "gold": gold["score"] if gold else None,
            "gold_low": gold["low"] if gold else None,
            "gold_high": gold["high"] if gold else None,
        }
    return found


def _shares(project: Project) -> Shares:
    """For each person: twice the objects that both of two made, and all objects of each of the two, over all others."""
    both, all_of_them = Counter[str](), Counter[str]()
    rows = Compared.objects.filter(project=project, image__deleted_at=None).values_list("people", "units")
    for people, units in rows.iterator():
        for unit in units:
            there = [value is not None for value in unit]
            for at, person in enumerate(people):
                if not person:
                    continue
                others = sum(there) - there[at]
                both[person] += 2 * others if there[at] else 0
                all_of_them[person] += others + (len(people) - 1 if there[at] else 0)
    return both, all_of_them


NOTHING: dict[str, Any] = {"agreement": None, "gold": None, "gold_low": None, "gold_high": None}
