"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """What people made of a suggestion. Only a pending one is still a suggestion."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Verb(models.TextChoices):
    """What can be done with a suggestion."""

    ACCEPT = "accept"
    REJECT = "reject"
    REOPEN = "reopen"
