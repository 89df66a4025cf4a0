"""Entries of the log as people read them."""

from __future__ import annotations

from typing import Any

from annotator.journal.models import Entry
from annotator.lib.happenings import Kind
from annotator.lib.words import counted

SENTENCES = {
    Kind.MEMBER_ADDED: "{person} became a member, as {role}.",
    Kind.MEMBER_JOINED: "{person} became a member, as {role}, by an invitation of {inviter}.",
    Kind.MEMBER_ROLE: "{person}, until then {before}, became {role}.",
    Kind.MEMBER_REMOVED: "{person}, {role}, is no member any more.",
    Kind.TEAM_ADDED: "The team “{team}” came in, as {role}.",
    Kind.TEAM_ROLE: "The team “{team}”, until then {before}, became {role}.",
    Kind.TEAM_REMOVED: "The team “{team}”, {role}, was taken out.",
    Kind.INVITATION_MADE: "An invitation was made, for {people} as {role}.",
    Kind.INVITATION_REVOKED: "An invitation as {role} was revoked.",
    Kind.PROJECT_CHANGED: "Settings of the project changed: {changes}.",
    Kind.REVIEW_RULE: "The rule of reviews changed: {changes}.",
    Kind.LABEL_ADDED: "Label “{label}” was added.",
    Kind.LABEL_CHANGED: "Label “{label}” changed: {changes}.",
    Kind.LABEL_DELETED: "Label “{label}” was deleted.",
    Kind.LABEL_MERGED: "Label “{label}” was merged into “{into}”, with {objects}.",
    Kind.LABEL_UNMERGED: "Label “{label}”, once merged into “{into}”, was brought back.",
    Kind.MODEL_CHANGED: "The model is {model} now.",
    Kind.MODEL_PROMOTED: "The retrained model {model} took the place of {before}{knowing}.",
    Kind.MODEL_ROLLED_BACK: "The project went back from {before} to {model}.",
    Kind.RETRAIN_RULE: "The rule of retraining changed: {changes}.",
    Kind.PRIVACY_RULE: "The rule of privacy changed: {changes}.",
    Kind.REGION_COVERED: "A region of {name} was covered.",
    Kind.REGION_TAKEN_BACK: "A covered region of {name} was shown again.",
    Kind.FACES_COVERED: "The images there were searched for faces: {faces} covered on {images}.",
    Kind.ORIGINALS_DELETED: "The originals of covered pictures were deleted for good: {images}.",
    Kind.IMAGE_DELETED: "{name} was put into the bin.",
    Kind.IMAGE_RESTORED: "{name} was taken out of the bin.",
    Kind.IMAGES_DELETED: "{images} put into the bin at once.",
    Kind.IMAGES_RESTORED: "{images} taken out of the bin at once.",
    Kind.BIN_EMPTIED: "The bin was emptied: {images} deleted for good.",
    Kind.IMAGE_PUT_BACK: "{name} was put back to how it was at {until} UTC: {moved}.",
    Kind.PUT_BACK_UNDONE: "That {name} was put back was undone: {moved}.",
    Kind.WORK_UNDONE: "What {person} did from {since} to {until} UTC was undone on {images}: {moved}.",
    Kind.WORK_RESTORED: "What {person} had done from {since} to {until} UTC was brought back on {images}: {moved}.",
    Kind.COPIES_MERGED: "What several people made of {name} was merged, {how}.",
    Kind.COPIES_UNMERGED: "The merge of {name} was taken back.",
    Kind.GOLD_MARKED: "Made gold at once: {images}.",
    Kind.GOLD_UNMARKED: "Gold no more: {images}.",
    Kind.GOLD_RULE: "Gold hidden in jobs from now on: {share}.",
    Kind.AUDIT_DRAWN: "Drawn for audit {number}: {count} masks.",
    Kind.AUDIT_TAKEN: "Corrections of audit {number} taken over: {count}.",
    Kind.RUN_SUCCEEDED: "An export was made: {name}.",
    Kind.WEBHOOK_ADDED: "A webhook to {url} was added.",
    Kind.WEBHOOK_CHANGED: "The webhook to {url} changed: {changes}.",
    Kind.WEBHOOK_DELETED: "The webhook to {url} was deleted.",
}


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def sentence_of(entry: Entry) -> str:
    """Say what was done."""
    about = entry.about
    words = _Words({name: str(value) for name, value in about.items()})
    words["knowing"] = ", though it was not measured as better with confidence" if about.get("knowing") else ""
    words["changes"] = "; ".join(_change(name, values) for name, values in (about.get("changed") or {}).items())
    words["objects"] = counted(int(about.get("count", 0)), "object")
    count = int(about.get("count", 0))
    words["people"] = "1 person" if count == 1 else f"{count} people"
    words["images"] = counted(int(about.get("count", 0)), "image")
    words["moved"] = _moved(about.get("moved") or {})
    sentence = SENTENCES.get(Kind(entry.kind)) if entry.kind in set(Kind) else None
    return (sentence or entry.kind).format_map(words)


def _moved(moved: dict[str, int]) -> str:
    """What became of objects that were put back."""
    told = (("removed", "removed"), ("added", "brought back"), ("changed", "changed"), ("kept", "kept as they are"))
    counts = [(moved.get(name, 0), words) for name, words in told]
    return ", ".join(f"{counted(count, 'object')} {words}" for count, words in counts if count) or "nothing changed"


def _change(name: str, values: list[Any] | None) -> str:
    title = name.replace("_", " ")
    if values is None:
        return title
    before, after = (_value(value) for value in values)
    return f"{title} from {before} to {after}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    return f"“{value}”" if isinstance(value, str) else str(value)


def entries_json(entries: list[Entry]) -> list[dict[str, Any]]:
    """Return entries as the API writes them."""
    return [
        {
            "id": str(entry.pk),
            "kind": entry.kind,
            "text": sentence_of(entry),
            "actor": {"id": str(entry.actor_id), "name": entry.actor_name} if entry.actor_id else None,
            "actor_name": entry.actor_name,
            "about": entry.about,
            "created": entry.created,
        }
        for entry in entries
    ]
