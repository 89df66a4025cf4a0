"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class Part(models.TextChoices):
    """The parts of a divided data set, in their order."""

    TRAIN = "train"
    VAL = "val"
    TEST = "test"


class Group(models.TextChoices):
    """What must never be in two parts."""

    VIDEO = "video"
    DUPLICATES = "duplicates"
    FOLDER = "folder"
