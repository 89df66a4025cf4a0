"""What a change of an annotation consists of: client data to field values, and field values to a revision's record."""
from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.apps import apps

from annotator.accounts.access import Right, allows, role_in
from annotator.accounts.models import User
from annotator.annotations import masks
from annotator.annotations.choices import REVIEWED
from annotator.annotations.models import Annotation
from annotator.lib.errors import ApiError, Forbidden
from annotator.projects.models import Image


class Checker:
    """Checks client data against one image's project; looks each label and model version up once."""

    def __init__(self, image: Image, actor: User) -> None:
        self._image = image
        self._actor = actor
        self._known: dict[tuple[str, uuid.UUID], bool] = {}

    def values(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the column values for `data` (already of the right types). Raises ApiError and Forbidden."""
        values = {name: value for name, value in data.items() if name not in {"rle", "label", "model_version"}}
        if "rle" in data:
            values |= masks.measured(data["rle"], self._image)
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
        role = role_in(self._actor, self._image.project)
        if touched & REVIEWED and (role is None or not allows(role, Right.REVIEW)):
            raise Forbidden("You are not allowed to review in this project. Ask an owner or manager of it.")

    def _label(self, label: uuid.UUID | None) -> uuid.UUID | None:
        if label is not None and not self._exists("projects.Label", label, project_id=self._image.project_id):
            sentence = "This label is not one of the project's labels; it may have been deleted. Choose another one."
            raise ApiError("unknown_label", sentence, fields={"label": [sentence]})
        return label

    def _model_version(self, version: uuid.UUID | None) -> uuid.UUID | None:
        if version is not None and not self._exists("inference.ModelVersion", version):
            sentence = "There is no such model version."
            raise ApiError("unknown_model_version", sentence, fields={"model_version": [sentence]})
        return version

    def _exists(self, model: str, pk: uuid.UUID, **where: Any) -> bool:
        if (model, pk) not in self._known:
            self._known[model, pk] = apps.get_model(model)._default_manager.filter(pk=pk, **where).exists()
        return self._known[model, pk]


def differing(row: Annotation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those values that the row does not have yet."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def record(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return column values as a revision keeps them: API names, plain JSON."""
    return {name.removesuffix("_id"): _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value
