"""What happened to an image, told to whoever follows (`lib/happenings.py`)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from annotator.accounts.models import User
from annotator.lib.happenings import Happening, Kind, tell
from annotator.projects.models import Image


def tell_of(kind: Kind, image: Image, actor: User, people: Sequence[uuid.UUID] = (), **about: str) -> None:
    """Tell it; `people` are those whom it concerns before others."""
    about |= {"image": str(image.pk), "name": image.path}
    tell(Happening(kind, image.project_id, actor.pk, about, people, image.pk))
