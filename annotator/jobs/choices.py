"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class Priority(models.IntegerChoices):
    """Which of two jobs goes first: the higher one. The API says the names, in small letters."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3

    @property
    def word(self) -> str:
        """Its name in the API."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Priority:
        """Return the priority of this name."""
        return cls[word.upper()]


WORDS = tuple(priority.word for priority in Priority)


class State(models.TextChoices):
    """How a job is; derived from its images and who has it, never stored."""

    POOL = "pool"
    TAKEN = "taken"
    PAUSED = "paused"
    DONE = "done"
