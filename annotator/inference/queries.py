"""Reading model versions."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from annotator.accounts.access import Person
from annotator.inference.choices import ModelState, Prompts
from annotator.inference.models import Embedding, ModelVersion
from annotator.lib.errors import NotFound


def model_versions_of(user: Person) -> QuerySet[ModelVersion]:
    """Return the model versions this person may use: all of them, for they belong to the installation."""
    return ModelVersion.objects.all() if user.pk else ModelVersion.objects.none()


def clickable() -> QuerySet[ModelVersion]:
    """Return the model versions that are ready to be clicked with: what a project may use, and what is measured."""
    return ModelVersion.objects.filter(state=ModelState.READY, prompts=Prompts.CLICKS)


def asked_in_words() -> QuerySet[ModelVersion]:
    """Return the model versions that are ready to be asked in words, the newest first."""
    return ModelVersion.objects.filter(state=ModelState.READY, prompts=Prompts.WORDS).order_by("-created", "id")


def embeddings_of(version: ModelVersion) -> QuerySet[Embedding]:
    """Return the embeddings that this version's decoder can answer from: those of its encoder, the oldest first."""
    return Embedding.objects.filter(model_version__encoder_sha256=version.encoder_sha256)


def default_model() -> ModelVersion | None:
    """Return the model version that a new project starts with: the one that came with Maskwright, if it is there."""
    return clickable().order_by("-builtin", "-created").first()


def get_model_version_for(user: Person, pk: uuid.UUID | str) -> ModelVersion:
    """Return a model version. Raises NotFound."""
    row = model_versions_of(user).filter(pk=pk).first()
    if row is None:
        raise NotFound("model")
    return row
