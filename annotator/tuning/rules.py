"""Retrainings that start by themselves: after so many newly accepted masks, at night where that was chosen."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from annotator.accounts.models import User
from annotator.lib.claims import claim_one
from annotator.lib.errors import ApiError
from annotator.lib.happenings import Kind
from annotator.lib.turns import write_in_turn
from annotator.projects.models import Project
from annotator.projects.telling import tell_changes
from annotator.runs.choices import ACTIVE
from annotator.runs.models import Run
from annotator.tuning import services
from annotator.tuning.masks import material
from annotator.tuning.models import Rule
from annotator.tuning.parameters import Wanted

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(minutes=1)
FIELDS = ("active", "after", "at_night", "night_from", "night_to", "promote")


def rule_of(project: Project) -> Rule:
    """Return the project's rule; one that nobody has set is off."""
    return Rule.objects.filter(project=project).first() or Rule(project=project)


def set_rule(project: Project, by: User, values: dict[str, Any]) -> Rule:
    """Set the rule. What counts as new is counted from now on when it is switched on."""
    with write_in_turn():
        rule = rule_of(project)
        before = {name: getattr(rule, name) for name in FIELDS}
        for name, value in values.items():
            setattr(rule, name, value)
        rule.set_by = by
        if rule.active and not before["active"]:
            rule.seen = material(project).masks
        rule.save()
        tell_changes(project, Kind.RETRAIN_RULE, by, before, {name: getattr(rule, name) for name in FIELDS})
    return rule


def sweep() -> None:
    """Start what is due. Any number of workers may do so at once."""
    now = timezone.now()
    due = Rule.objects.filter(Q(looked=None) | Q(looked__lt=now - LOOK_EVERY), active=True)
    for rule in list(due.select_related("project", "set_by")):
        unseen = Rule.objects.filter(pk=rule.pk, looked=rule.looked, active=True)
        if claim_one(unseen, looked=now) and is_time(rule, now.hour):
            _consider(rule)


def is_time(rule: Rule, hour: int) -> bool:
    """Tell whether a rule may start something in this hour (UTC); a night may go over midnight."""
    if not rule.at_night:
        return True
    if rule.night_from <= rule.night_to:
        return rule.night_from <= hour < rule.night_to
    return hour >= rule.night_from or hour < rule.night_to


def _consider(rule: Rule) -> None:
    project = rule.project
    if Run.objects.filter(project=project, kind="tune", state__in=ACTIVE).exists():
        return
    found = material(project)
    if found.masks < rule.seen:  # some went; what comes in their place is new
        Rule.objects.filter(pk=rule.pk).update(seen=found.masks)
    if not found.enough or found.masks - rule.seen < rule.after:
        return
    # Before it starts: one that fails is not tried again and again on the same masks.
    Rule.objects.filter(pk=rule.pk).update(seen=found.masks)
    try:
        services.start(project, rule.set_by, Wanted(promote=rule.promote, by_rule=True))
    except ApiError as error:
        log.warning("The rule of project %s started nothing: %s", project.pk, error.message)
