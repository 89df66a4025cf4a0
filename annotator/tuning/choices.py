"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class Verdict(models.TextChoices):
    """What the gate says of a retrained model beside the one it began with."""

    BETTER = "better"
    UNSURE = "unsure"
    WORSE = "worse"
    NONE = "none"
    """Nothing that was learnt helped, so there is no new version."""


class Source(models.TextChoices):
    """Which masks count as accepted in a project."""

    ACCEPTED = "accepted"
    """Those of images that a reviewer accepted, or that the project's rule lets pass without a review."""
    DONE = "done"
    """Those of images that are done: nothing is reviewed here."""
