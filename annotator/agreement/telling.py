"""That copies were merged, or a merge taken back, told to whoever follows (`lib/happenings.py`)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from annotator.accounts.models import User
from annotator.agreement.choices import How
from annotator.agreement.models import Merged
from annotator.lib.happenings import Happening, Kind, tell
from annotator.lib.words import counted
from annotator.projects.models import Image, Project

WORDS = {How.VOTE: "by vote", How.PERSON: "taking one person's work", How.HAND: "by hand"}


def tell_merged(image: Image, actor: User, row: Merged) -> None:
    """Tell that the copies of an image became its objects."""
    about = {"name": image.path, "how": WORDS[How(row.how)]}
    tell(Happening(Kind.COPIES_MERGED, image.project_id, actor.pk, about, (), image.pk))


def tell_unmerged(image: Image, actor: User, row: Merged) -> None:
    """Tell that a merge was taken back."""
    tell(Happening(Kind.COPIES_UNMERGED, image.project_id, actor.pk, {"name": image.path}, (), image.pk))


def tell_waiting(project: Project, actor: User, count: int, people: Sequence[uuid.UUID]) -> None:
    """Tell those who lead that all copies are done, and how many images can be merged."""
    tell(Happening(Kind.MERGING_WAITS, project.pk, actor.pk, {"count": count}, people))


def tell_gold(project: Project, actor: User, count: int, *, gold: bool = True, rule: bool = False) -> None:
    """Tell that images became gold or are so no more, or how much of it is hidden in jobs (`rule`)."""
    words = f"one in every {counted(count, 'image')}" if count else "none"
    kind = Kind.GOLD_RULE if rule else Kind.GOLD_MARKED if gold else Kind.GOLD_UNMARKED
    about = {"share": words} if rule else {"count": count}
    tell(Happening(kind, project.pk, actor.pk, about))
