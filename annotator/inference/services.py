"""Verbs about model versions: add a checked package, remove an unused one, let a project use one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from annotator.accounts.models import User
from annotator.inference import packages
from annotator.inference.choices import Prompts
from annotator.inference.extensions import held
from annotator.inference.models import Embedding, ModelVersion
from annotator.inference.queries import embeddings_of
from annotator.inference.states import hashes_of
from annotator.lib.errors import ApiError, Conflict
from annotator.lib.happenings import Happening, Kind, tell
from annotator.projects.blobs import collect_unused
from annotator.projects.embedding import request_embedding
from annotator.projects.models import Project
from annotator.projects.telling import tell_of
from annotator.runs import enqueue
from annotator.runs.choices import ACTIVE
from annotator.runs.models import Run
from sam_backend import ModelPackage, compact_package_path
from sam_backend.word_package import WordPackage, load_any_package

# A switch may encode for hours; everything that somebody asks for meanwhile goes first.
BEHIND_ALL = -10


def add_package(folder: Path, *, builtin: bool = False, source_sha256: str = "") -> ModelVersion:
    """Add the model package in a folder; one that is there already is returned as it is.

    Raises ApiError (`bad_package`) with a sentence when a file is missing or does not match its hash.
    """
    try:
        package = load_any_package(folder)
    except ValueError as error:
        raise ApiError("bad_package", str(error)) from None
    known = ModelVersion.objects.filter(sha256=package.sha256).first()
    return known or _create(package, builtin, source_sha256)


def _create(package: ModelPackage | WordPackage, builtin: bool, source_sha256: str) -> ModelVersion:
    manifest = package.manifest
    version = ModelVersion(
        name=manifest.name,
        version=_free_version(manifest.name, manifest.version, package.sha256),
        family=manifest.family,
        sha256=package.sha256,
        encoder_sha256=package.encoder_sha256,
        source_sha256=source_sha256,
        manifest=packages.read_manifest(package),
        files=packages.store_files(package),
        licence=manifest.licence,
        notice=manifest.notice,
        prompts=Prompts.WORDS if isinstance(package, WordPackage) else Prompts.CLICKS,
        builtin=builtin,
    )
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError:
        # Another process added the same package meanwhile.
        return ModelVersion.objects.get(sha256=package.sha256)
    return version


def _free_version(name: str, version: str, sha256: str) -> str:
    """Keep two different packages of one name and version apart."""
    taken = ModelVersion.objects.filter(name=name, version=version).exists()
    return f"{version}+{sha256[:8]}" if taken else version


def ensure_builtin_model() -> ModelVersion:
    """Install the model that comes with Maskwright, and give it to projects that have none. Cheap when it is there.

    One that came with an earlier Maskwright stays where projects use it, and can be removed where none does.
    """
    version = add_package(compact_package_path(), builtin=True)
    ModelVersion.objects.filter(builtin=True).exclude(pk=version.pk).update(builtin=False)
    for project in Project.objects.filter(model_version=None):
        use_model(project, version, None)
    return version


def use_model(project: Project, version: ModelVersion, user: User | None) -> Run | None:
    """Let a project use a model version. Its images are encoded first, and the old one serves until that is done;
    then a run is returned. None: there was nothing to wait for. Raises Conflict for one that is asked in words."""
    if version.prompts != Prompts.CLICKS:
        raise Conflict(
            "no_clicks", f"{version} is asked in words; nobody can click with it. It works beside a project's model."
        )
    project.refresh_from_db(fields=["model_version"])
    for pending in Run.objects.filter(project=project, kind="switch_model", state__in=ACTIVE):
        if pending.params.get("model_version") == str(version.pk) and project.model_version_id != version.pk:
            return pending
        enqueue.cancel(pending)
    if project.model_version_id == version.pk:
        return None
    if project.model_version is None or _same_encoder(project, version) or not project.images.exists():
        _use_at_once(project, version, user)
        return None
    return enqueue.enqueue(
        "switch_model",
        project=project,
        key=f"switch_model:{project.pk}",
        params={"model_version": str(version.pk)},
        requested_by=user,
        priority=BEHIND_ALL,
    )


def _same_encoder(project: Project, version: ModelVersion) -> bool:
    return project.model_version is not None and project.model_version.encoder_sha256 == version.encoder_sha256


def _use_at_once(project: Project, version: ModelVersion, user: User | None) -> None:
    with transaction.atomic():
        project.model_version = version
        project.save(update_fields=["model_version"])
        tell_of(project, Kind.MODEL_CHANGED, user, model=str(version))
        _request_missing(project, version, user)


def _request_missing(project: Project, version: ModelVersion, user: User | None) -> None:
    encoded = embeddings_of(version).filter(region_key="", image__project=project)
    for image in project.images.exclude(pk__in=encoded.values("image")).select_related("project"):
        request_embedding(image, user=user)


def use_decoder(
    project: Project, version: ModelVersion, user: User | None, kind: Kind, people: Sequence[uuid.UUID], **about: Any
) -> None:
    """Let a project use a version of the encoder it has, in the caller's transaction: no image is encoded again. Told
    as `kind`. Raises ValueError for a version of another encoder."""
    if not _same_encoder(project, version):
        raise ValueError(f"{version} has another encoder than {project.model_version}.")
    project.model_version = version
    project.save(update_fields=["model_version"])
    tell(Happening(kind, project.pk, user.pk if user else None, about, people))
    _request_missing(project, version, user)


def remove(version: ModelVersion) -> None:
    """Remove a model version with its embeddings and files. Raises Conflict while anything needs it."""
    reason = _in_use(version)
    if reason:
        raise Conflict("model_in_use", f"{version} cannot be removed: {reason}")
    hashes = {entry["sha256"] for entry in version.files.values()}
    made = Embedding.objects.filter(model_version=version)
    with transaction.atomic():
        _hand_over(version, made)
        hashes |= hashes_of(made)
        made.delete()
        version.delete()
    collect_unused(hashes)
    packages.forget(version)


def _hand_over(version: ModelVersion, made: QuerySet[Embedding]) -> None:
    """Give the embeddings to another version of the same encoder, which answers from them."""
    twin = ModelVersion.objects.filter(encoder_sha256=version.encoder_sha256).exclude(pk=version.pk).first()
    if twin is not None:
        own = Embedding.objects.filter(model_version=twin, image=OuterRef("image"), region_key=OuterRef("region_key"))
        made.exclude(Exists(own)).update(model_version=twin)


def _in_use(version: ModelVersion) -> str:
    if version.builtin:
        return "it came with Maskwright and would be installed again at the next start."
    names = list(version.projects.values_list("name", flat=True)[:5])
    if names:
        return f"it is used by the project(s) {', '.join(names)}. Let them use another model first."
    if Run.objects.filter(kind="switch_model", state__in=ACTIVE, params__model_version=str(version.pk)).exists():
        return "a project is being switched to it. Cancel that run first."
    return held(version)
