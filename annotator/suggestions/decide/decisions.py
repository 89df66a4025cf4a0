"""Accepting, rejecting and taking back, on one image that is held (annotations.editing)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.choices import Stage
from annotator.annotations.editing import Editing
from annotator.annotations.models import Annotation
from annotator.lib.errors import Conflict, NotFound
from annotator.suggestions.choices import State, Verb
from annotator.suggestions.decide.origin import WITH_ORIGIN, prompt_of, track_of
from annotator.suggestions.known import Known, masks_of
from annotator.suggestions.models import Suggestion
from annotator.suggestions.parameters import Use, read
from annotator.suggestions.queries import accepted_on
from export import rle
from export.spans import Spans


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody wants done with a suggestion.

    For accepting: `data` are fields of the annotation (label, an edited mask, seconds, clicks, …), `merge` are other
    suggestions that become one object with it, `anyway` accepts what repeats an accepted object."""

    key: uuid.UUID
    verb: Verb
    id: uuid.UUID
    annotation: uuid.UUID | None = None
    merge: tuple[uuid.UUID, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The suggestion afterwards, and the object it became."""

    suggestion: Suggestion
    annotation: Annotation | None
    status: int = 200


class Judge:
    """Carries out decisions of one person on one image."""

    def __init__(self, editing: Editing, actor: User, decisions: Sequence[Decision]) -> None:
        self._editing = editing
        self._actor = actor
        # Hundreds at once are one query. Each is looked at once from here; what was decided is read anew.
        keys = {pk for decision in decisions for pk in (decision.id, *decision.merge)}
        self._unread = _related().filter(image=editing.image).in_bulk(keys)
        made = {row.annotation_id for row in self._unread.values() if row.annotation_id}
        named = {decision.annotation for decision in decisions if decision.annotation}
        editing.look_up(made | named, [decision.key for decision in decisions])
        self._parts: dict[uuid.UUID | None, list[Suggestion]] = {pk: [] for pk in made}
        for part in Suggestion.objects.filter(annotation__in=made):
            self._parts[part.annotation_id].append(part)

    def carry_out(self, decision: Decision) -> Outcome:
        """Do it. Raises NotFound and Conflict."""
        suggestion = self._get(decision.id)
        if decision.verb == Verb.ACCEPT:
            return self._accept(suggestion, decision)
        if decision.verb == Verb.REJECT:
            return self._reject(suggestion)
        return self._reopen(suggestion, decision)

    def _accept(self, suggestion: Suggestion, decision: Decision) -> Outcome:
        if (made := _live_object(suggestion)) is not None:
            return Outcome(suggestion, made)
        parts = [suggestion, *(self._get(pk) for pk in decision.merge if pk != suggestion.pk)]
        if taken := next((part for part in parts if _live_object(part)), None):
            raise Conflict("already_accepted", f"Suggestion {taken.pk} is an object already and cannot be merged.")
        masks = masks_of(part.rle for part in parts)
        mask = rle.merge(masks) if len(masks) > 1 else masks[0]
        if not decision.anyway:
            self._refuse_repetition(mask, _use(suggestion))
        created = self._editing.create(decision.annotation, _fields(suggestion, mask, decision), decision.key)
        for part in parts:
            self._write(part, State.ACCEPTED, created.row)
        # What comes later in the same request must not repeat this one. Hundreds may: the others are not read again.
        if "_accepted" in self.__dict__:
            self._accepted.add(*masks_of([created.row.rle]))
        return Outcome(suggestion, created.row, created.status)

    def _reject(self, suggestion: Suggestion) -> Outcome:
        if _live_object(suggestion) is not None:
            raise Conflict("already_accepted", "Somebody accepted this suggestion already. Delete its object instead.")
        self._write(suggestion, State.REJECTED, None)
        return Outcome(suggestion, None)

    def _reopen(self, suggestion: Suggestion, decision: Decision) -> Outcome:
        made = _live_object(suggestion)
        if made is not None:
            if made.revision != 1:
                raise Conflict("object_changed", "The object was changed since. Delete it instead of taking it back.")
            self._editing.delete(made.pk, made.revision, decision.key)
            self.__dict__.pop("_accepted", None)
            for part in self._parts.get(made.pk, made.suggestions.all()):
                if part.pk == suggestion.pk:
                    continue
                self._unread.pop(part.pk, None)
                self._write(part, State.PENDING, None)
        self._write(suggestion, State.PENDING, None)
        return Outcome(suggestion, None)

    def _refuse_repetition(self, mask: rle.Rle, use: Use) -> None:
        box = rle.bbox(mask)
        if self._accepted.covers(Spans.of(mask), box, iou=use.avoid_iou, inside=use.avoid_inside):
            raise Conflict("repeats_object", "An object that was accepted already covers this suggestion.")

    @cached_property
    def _accepted(self) -> Known:
        return accepted_on(self._editing.image)

    def _get(self, pk: uuid.UUID) -> Suggestion:
        found = self._unread.pop(pk, None) or _related().filter(image=self._editing.image, pk=pk).first()
        if found is None:
            raise NotFound("suggestion")
        return found

    def _write(self, suggestion: Suggestion, state: State, annotation: Annotation | None) -> None:
        pending = state == State.PENDING
        suggestion.state = state
        suggestion.annotation = annotation
        suggestion.decided = None if pending else timezone.now()
        suggestion.decided_by = None if pending else self._actor
        suggestion.save(update_fields=["state", "annotation", "decided", "decided_by"])


def _related() -> QuerySet[Suggestion]:
    return Suggestion.objects.select_related("annotation__author", "search", WITH_ORIGIN)


def _live_object(suggestion: Suggestion) -> Annotation | None:
    """The object the suggestion became, if it still is one."""
    made = suggestion.annotation
    return made if suggestion.state == State.ACCEPTED and made is not None and made.deleted_at is None else None


def _use(suggestion: Suggestion) -> Use:
    return read(suggestion.search.params).use


def _fields(suggestion: Suggestion, mask: rle.Rle, decision: Decision) -> dict[str, Any]:
    x, y = suggestion.point
    prompt = {"points": [{"x": x, "y": y, "label": 1}], "box": None, "crop_box": suggestion.crop_box}
    own = {
        "rle": mask.to_json(),
        "stage": Stage.SEMI_AUTOMATIC,
        "predicted_iou": suggestion.predicted_iou,
        "stability_score": suggestion.stability_score,
        "model_version": suggestion.model_version_id,
        "prompts": [prompt | {"suggestion": str(suggestion.pk)} | prompt_of(suggestion)],
    }
    data = dict(decision.data)
    if track := track_of(suggestion):
        data["attributes"] = {"track_id": track} | data.get("attributes", {})
    return own | data
