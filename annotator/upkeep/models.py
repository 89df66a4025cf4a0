"""How the last of each command ended: what is on the machine that ran it, the Server page could not know."""

from __future__ import annotations

from django.db import models

from annotator.upkeep.choices import Kind


class Record(models.Model):
    """The last backup, and the last look at everything: a row each."""

    kind = models.CharField(max_length=16, primary_key=True, choices=Kind.choices)
    ended = models.DateTimeField()
    well = models.BooleanField()
    said = models.TextField(help_text="What it wrote or found, or why it failed.")
    host = models.CharField(max_length=255, help_text="The name of the machine that it ran on.")
    succeeded = models.DateTimeField(null=True, help_text="When one last ended well.")

    def __str__(self) -> str:
        return f"{self.kind} of {self.ended:%Y-%m-%d %H:%M}"
