"""What came of each retraining, each change of a project's model by one, and the rule that may start them."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from annotator.tuning.choices import Verdict

WHO = settings.AUTH_USER_MODEL
VERSION = "inference.ModelVersion"


class Retraining(models.Model):
    """One finished retraining. `report` is what `sam_backend.tuning` measured; the names stay readable when the model
    versions are removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="retrainings")
    run = models.OneToOneField("runs.Run", on_delete=models.SET_NULL, null=True, related_name="+")
    parent = models.ForeignKey(VERSION, on_delete=models.SET_NULL, null=True, related_name="+")
    parent_name = models.CharField(max_length=160)
    version = models.ForeignKey(
        VERSION, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Null: none, or it was removed."
    )
    version_name = models.CharField(max_length=160, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    report: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    masks = models.PositiveIntegerField(help_text="Accepted masks it was given.")
    images = models.PositiveIntegerField()
    by_rule = models.BooleanField(default=False)
    created_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["project", "-created", "id"], name="retraining_of_project")]

    def __str__(self) -> str:
        return f"{self.version_name or 'nothing'} from {self.parent_name}"


class Swap(models.Model):
    """A project's model was changed for a retrained one, or back. `knowing`: by somebody who had seen that it is not
    better with confidence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="swaps")
    retraining = models.ForeignKey(Retraining, on_delete=models.SET_NULL, null=True, related_name="swaps")
    version = models.ForeignKey(VERSION, on_delete=models.SET_NULL, null=True, related_name="+")
    version_name = models.CharField(max_length=160)
    replaced = models.ForeignKey(VERSION, on_delete=models.SET_NULL, null=True, related_name="+")
    replaced_name = models.CharField(max_length=160)
    back = models.BooleanField(default=False)
    knowing = models.BooleanField(default=False)
    by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["project", "-created", "id"], name="swap_of_project")]


class Rule(models.Model):
    """When retrainings start by themselves; a project without a row has no rule. `seen` are the masks that counted
    when the last one was started."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, primary_key=True, related_name="+")
    active = models.BooleanField(default=False)
    after = models.PositiveIntegerField(default=100, help_text="So many newly accepted masks.")
    at_night = models.BooleanField(default=False)
    night_from = models.PositiveSmallIntegerField(default=22, help_text="Hour, UTC.")
    night_to = models.PositiveSmallIntegerField(default=6, help_text="Hour, UTC.")
    promote = models.BooleanField(default=False, help_text="Use it at once if it is better with confidence.")
    seen = models.PositiveIntegerField(default=0)
    looked = models.DateTimeField(null=True, help_text="When a worker last looked whether it is time.")
    set_by = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["active"], condition=models.Q(active=True), name="tuning_rule_active")]
