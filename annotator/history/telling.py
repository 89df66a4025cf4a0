"""That something was put back, told to whoever follows (`lib/happenings.py`)."""

from __future__ import annotations

from annotator.accounts.models import User
from annotator.history.choices import What
from annotator.history.models import Act
from annotator.lib.happenings import Happening, Kind, tell


def tell_done(act: Act, actor: User) -> None:
    """Tell that an image was put back, or work undone."""
    _tell(act, actor, Kind.IMAGE_PUT_BACK if act.what == What.IMAGE else Kind.WORK_UNDONE, act.result)


def tell_undone(act: Act, actor: User) -> None:
    """Tell that this was taken back."""
    _tell(act, actor, Kind.PUT_BACK_UNDONE if act.what == What.IMAGE else Kind.WORK_RESTORED, act.restored)


def _tell(act: Act, actor: User, kind: Kind, result: dict[str, object]) -> None:
    about = {
        "name": act.image.path if act.image else "", "person": act.person_name, "count": result.get("images", 0),
        "moved": {name: result.get(name, 0) for name in ("added", "changed", "removed", "kept")},
        "since": _minute(act.since), "until": _minute(act.until),
    }  # fmt: skip
    tell(Happening(kind, act.project_id, actor.pk, about, (), act.image_id))


def _minute(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
