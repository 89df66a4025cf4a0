"""What a change of an annotation consists of: client data to field values, and field values to a revision's record."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model

from annotator.accounts.access import Right, may
from annotator.accounts.models import User
from annotator.annotations import masks
from annotator.annotations.choices import KEEPS_APPROVAL, REVIEWED, Status
from annotator.annotations.models import Annotation
from annotator.inference.models import ModelVersion
from annotator.lib.errors import ApiError, Forbidden
from annotator.projects.models import Image, Label


class Checker:
    """Checks client data against one image's project; looks each label and model version up once. `reopens`: what is
    changed of an approved object opens it again, whoever does it."""

    def __init__(self, image: Image, actor: User, *, reopens: bool = False) -> None:
        self._image = image
        self._actor = actor
        self._reopens = reopens
        self._known: dict[tuple[type[Model], uuid.UUID], bool] = {}

    def know_labels(self, labels: Collection[uuid.UUID]) -> None:
        """Look many labels up at once, before `values` asks for each."""
        found = set(Label.objects.filter(project=self._image.project_id, pk__in=labels).values_list("pk", flat=True))
        self._known |= {(Label, pk): pk in found for pk in labels}

    def values(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the column values for `data` (already of the right types). Raises ApiError and Forbidden."""
        values = {name: value for name, value in data.items() if name not in {"rle", "label", "model_version"}}
        if "rle" in data:
            mask = data["rle"]
            values |= mask.fields if isinstance(mask, masks.Measured) else masks.measured(mask, self._image)
        if "label" in data:
            values["label_id"] = self._label(data["label"])
        if "model_version" in data:
            values["model_version_id"] = self._model_version(data["model_version"])
        return values

    def review(self, before: Annotation | None, values: Mapping[str, Any]) -> None:
        """Raise Forbidden when somebody who may not review says what the review says, or takes it back."""
        if "status" not in values or (before is not None and before.status == values["status"]):
            return
        touched = {values["status"], before.status if before is not None else ""}
        if touched & REVIEWED and not self._may_review():
            raise Forbidden("You are not allowed to review in this project. Ask an owner or manager of it.")

    def reopened(self, row: Annotation, changed: Mapping[str, Any]) -> dict[str, Any]:
        """Return the status that an approved object gets when somebody who may not review changes these columns of it:
        what was approved is not what is there any more. Nothing for anybody and anything else."""
        kept = row.status != Status.APPROVED or set(changed) <= KEEPS_APPROVAL
        return {} if kept or (self._may_review() and not self._reopens) else {"status": Status.OPEN}

    def _may_review(self) -> bool:
        return may(self._actor, self._image.project, Right.REVIEW)

    def _label(self, label: uuid.UUID | None) -> uuid.UUID | None:
        if label is not None and not self._exists(Label, label, project=self._image.project_id):
            sentence = "This label is not one of the project's labels; it may have been deleted. Choose another one."
            raise ApiError("unknown_label", sentence, fields={"label": [sentence]})
        return label

    def _model_version(self, version: uuid.UUID | None) -> uuid.UUID | None:
        if version is not None and not self._exists(ModelVersion, version):
            sentence = "There is no such model version."
            raise ApiError("unknown_model_version", sentence, fields={"model_version": [sentence]})
        return version

    def _exists(self, kind: type[Model], pk: uuid.UUID, **limits: object) -> bool:
        key = (kind, pk)
        if key not in self._known:
            self._known[key] = kind._default_manager.filter(pk=pk, **limits).exists()
        return self._known[key]


def differing(row: Annotation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those values that the row does not have yet."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def record(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return column values as a revision keeps them: API names, plain JSON."""
    return {name.removesuffix("_id"): _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value
