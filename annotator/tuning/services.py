"""Verbs: start a retraining, put its version to use, go back."""

from __future__ import annotations

from annotator.accounts.access import Right, roles_with
from annotator.accounts.models import User
from annotator.inference import services as models
from annotator.inference.models import ModelVersion
from annotator.lib.errors import Conflict
from annotator.lib.happenings import Kind
from annotator.lib.turns import write_in_turn
from annotator.projects.models import Project
from annotator.runs.choices import ACTIVE
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run
from annotator.tuning.choices import Verdict
from annotator.tuning.masks import material
from annotator.tuning.models import Retraining, Swap
from annotator.tuning.parameters import Wanted

BEHIND_EVERYTHING = -20
"""Nobody waits for a retraining with a mouse in the hand."""


def start(project: Project, by: User | None, wanted: Wanted) -> Run:
    """Queue a retraining of the project's model; one at a time: while one waits or runs, that one is returned. Raises
    Conflict (`no_model`, `too_few_masks`)."""
    if project.model_version_id is None:
        raise Conflict("no_model", "This project has no model yet. Choose one in its settings first.")
    found = material(project)
    if not found.enough:
        raise Conflict("too_few_masks", found.sentence)
    params = {"model_version": str(project.model_version_id), "wanted": wanted.to_json()}
    return enqueue(
        "tune", project=project, params=params, requested_by=by, priority=BEHIND_EVERYTHING, key=f"tune:{project.pk}"
    )


def promote(row: Retraining, by: User | None, *, knowing: bool) -> Swap:
    """Let the project use a retrained version. `knowing`: the person has seen that it is not better with confidence.

    Raises Conflict (`no_version`, `in_use`, `other_encoder`, `switch_under_way`, `not_better`)."""
    with write_in_turn():
        project, now = _held(row.project)
        version = row.version
        if version is None:
            raise Conflict("no_version", "There is no new version to use: it was removed, or nothing helped.")
        if now.pk == version.pk:
            raise Conflict("in_use", f"{version} is in use already.")
        _require_same_encoder(version, now)
        against = "" if now.pk == row.parent_id else f" It was compared with {row.parent_name}, not with {now}."
        if (row.verdict != Verdict.BETTER or against) and not knowing:
            raise Conflict(
                "not_better", f"{row.report.get('sentence', '')}{against} Say that you want it all the same."
            )
        return _swap(project, now, version, by, row, knowing=knowing)


def roll_back(project: Project, by: User | None) -> Swap:
    """Let the project use again what the retrained version in use took the place of. Raises Conflict
    (`nothing_to_go_back_to`, `other_encoder`, `switch_under_way`)."""
    with write_in_turn():
        project, now = _held(project)
        last = way_back(project)
        if last is None or last.replaced is None:
            raise Conflict(
                "nothing_to_go_back_to", f"{now} did not come from a retraining, or what it replaced is gone."
            )
        _require_same_encoder(last.replaced, now)
        return _swap(project, now, last.replaced, by, last.retraining, back=True)


def way_back(project: Project) -> Swap | None:
    """Return how the version in use came, if by a retraining."""
    rows = Swap.objects.filter(project=project, back=False, version=project.model_version_id)
    return rows.select_related("replaced", "retraining").first() if project.model_version_id else None


def names_model(version: ModelVersion) -> str:
    """Say why a version must stay: a project would go back to it."""
    for swap in Swap.objects.filter(back=False, replaced=version).select_related("project"):
        last = way_back(swap.project)
        if last is not None and last.replaced_id == version.pk:
            return f"the project {swap.project.name} would go back to it from its retrained model."
    return ""


def _held(project: Project) -> tuple[Project, ModelVersion]:
    rows = Project.objects.select_for_update(of=("self",)).select_related("model_version")
    held = rows.get(pk=project.pk)
    if held.model_version is None:
        raise Conflict("no_model", "This project has no model yet. Choose one in its settings first.")
    if Run.objects.filter(project=held, kind="switch_model", state__in=ACTIVE).exists():
        raise Conflict(
            "switch_under_way",
            "The project is on its way to another model. Wait until that is done, or cancel that run first.",
        )
    return held, held.model_version


def _require_same_encoder(version: ModelVersion, now: ModelVersion) -> None:
    if version.encoder_sha256 != now.encoder_sha256:
        raise Conflict(
            "other_encoder",
            f"The project uses {now} now, which reads photos in another way than {version}. Choose the model in the "
            "project's settings: the photos are then prepared for it.",
        )


def _swap(
    project: Project, now: ModelVersion, version: ModelVersion, by: User | None, row: Retraining | None,
    *, back: bool = False, knowing: bool = False,
) -> Swap:  # fmt: skip
    kind = Kind.MODEL_ROLLED_BACK if back else Kind.MODEL_PROMOTED
    verdict = "" if row is None or back else row.get_verdict_display().lower()
    managers = project.memberships.filter(role__in=roles_with(Right.MANAGE)).values_list("user_id", flat=True)
    models.use_decoder(
        project, version, by, kind, people=list(managers),
        model=str(version), before=str(now), verdict=verdict, knowing=knowing,
        retraining=str(row.pk) if row else None,
    )  # fmt: skip
    return Swap.objects.create(
        project=project, retraining=row, version=version, version_name=str(version)[:160], replaced=now,
        replaced_name=str(now)[:160], back=back, knowing=knowing, by=by,
    )  # fmt: skip
