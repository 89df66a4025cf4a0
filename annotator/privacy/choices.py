"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models


class Style(models.TextChoices):
    """What stands where something was."""

    BLUR = "blur", "Blurred"
    SOLID = "solid", "Grey"


class Outline(models.TextChoices):
    """How a covered region is bounded."""

    BOX = "box", "Box"
    ELLIPSE = "ellipse", "Ellipse with a soft rim"


THRESHOLD = (0.1, 0.9)
"""The lowest and the highest confidence that can be asked for."""
DEFAULT_THRESHOLD = 0.3
"""As measured (`python -m sam_backend faces`): nearly every face is found, and of five answers four are faces."""
