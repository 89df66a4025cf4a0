"""Runs "export": freeze, write, prove, store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from annotator.datasets import bridge
from annotator.datasets.models import Archive, Snapshot
from annotator.datasets.proof import ProofFailed, prove
from annotator.datasets.selection import Selection
from annotator.datasets.snapshots import Wish, fetch, freeze
from annotator.lib import storage
from annotator.lib.scratch import work_folder
from annotator.lib.trouble import DISK_FULL, trouble_of
from annotator.projects.models import Project
from annotator.runs.runner import Context, RunFailed, Runner
from export import FORMATS, ArchiveWriter, Dataset, Format, Report, WriteOptions, validate
from export.names import safe_name

GENERATOR = "Maskwright"


class ExportRunner(Runner):
    """Make one archive. Started twice for the same run, the second start finds the first one's archive."""

    kind = "export"

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"archive", "bytes", "sha256", "name", "snapshot", "counts", "lost", "proof", "suggestions"}."""
        project = context.run.project
        kind = FORMATS.get(str(context.run.params.get("format")))
        if project is None or kind is None:
            raise RunFailed("This export names no project or no format that is known here.")
        if lack := kind.lack():
            raise RunFailed(f"{lack} The worker that makes exports has to have it.")
        made = Archive.objects.filter(run=context.run).first()
        if made is None:
            try:
                made = _make(context, project, kind)
            except OSError as error:
                raise _explained(error) from error
        return _result(made)


def _make(context: Context, project: Project, kind: Format) -> Archive:
    snapshot = _frozen(context, project)
    with work_folder() as folder:
        dataset = bridge.dataset_of(snapshot, fetch(snapshot, folder))
        # Masks are checked while they are written and read back; only where that fails is each looked at by itself.
        _check(context, replace(dataset, instances=()))
        path = folder / "export.zip"
        try:
            report = _write(context, path, kind, dataset)
            context.progress(0.8, "Comparing the file with the database")
            proof = prove(path, kind, dataset, report)
        except (ProofFailed, ValueError, LookupError) as failure:
            _check(context, dataset)
            raise RunFailed(f"The written file did not pass its check, so it was thrown away. {failure}") from failure
        context.progress(0.95, "Storing the file")
        about = {"proof": proof, "suggestions": dataset.provenance["suggestions"]}
        if context.run.params.get("include_images") and bridge.pictures_changed(dataset):
            raise RunFailed("Something was covered in the pictures while they were written. Start the export again.")
        return _store(context, snapshot, path, report.to_json() | about)


def _frozen(context: Context, project: Project) -> Snapshot:
    params = context.run.params
    if wanted := params.get("snapshot"):
        found = Snapshot.objects.filter(project=project, pk=wanted).first()
        if found is None:
            raise RunFailed("The snapshot that was to be exported has been deleted meanwhile.")
        return found
    # A run of an earlier version says no more than whether suggestions come along.
    selection = params.get("selection", {"suggestions": bool(params.get("include_suggestions"))})
    told = _part(context, 0.0, 0.15, "Freezing the annotations")
    return freeze(project, context.run.requested_by, told, Wish(Selection.of(selection)))


def _check(context: Context, dataset: Dataset) -> None:
    problems = validate(dataset)
    if problems:
        context.log("\n".join(problems[:100]))
        raise RunFailed(f"{len(problems)} object(s) cannot be exported as they are: {problems[0]}")


def _write(context: Context, path: Path, kind: Format, dataset: Dataset) -> Report:
    params = context.run.params
    options = WriteOptions(
        segmentation=params.get("segmentation", "rle"),
        read_image=bridge.read_image if params.get("include_images") else None,
        progress=_part(context, 0.15, 0.8, f"Writing {len(dataset.instances)} objects"),
    )
    with path.open("wb") as target, ArchiveWriter(target) as archive:
        report = kind.write(dataset, archive, options)
        about = {"generator": GENERATOR, "format": kind.name, "options": _kept(params), "created": dataset.created}
        archive.manifest |= about | dict(dataset.provenance) | report.to_json()
    return report


def _store(context: Context, snapshot: Snapshot, path: Path, report: dict[str, Any]) -> Archive:
    run = context.run
    context.check()
    return Archive.objects.create(
        project=snapshot.project,
        snapshot=snapshot,
        run=run,
        format=run.params["format"],
        options=_kept(run.params),
        name=safe_name(f"{snapshot.project.name} {run.params['format']} {run.created:%Y-%m-%d %H%M}.zip"),
        sha256=storage.put_file(path),
        bytes=path.stat().st_size,
        report=report,
        created_by=run.requested_by,
    )


def _result(made: Archive) -> dict[str, Any]:
    known = {name: made.report[name] for name in ("counts", "lost", "proof", "suggestions") if name in made.report}
    return {
        "archive": str(made.pk), "name": made.name, "bytes": made.bytes, "sha256": made.sha256,
        "snapshot": made.snapshot.sha256,
    } | known  # fmt: skip


def _kept(params: dict[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in ("include_images", "include_suggestions", "segmentation") if name in params}


def _part(context: Context, start: float, end: float, message: str) -> Any:
    return lambda share: context.progress(start + (end - start) * share, message)


def _explained(error: OSError) -> RunFailed:
    if trouble_of(error) is DISK_FULL:
        return RunFailed("There is no room left on the server's disk. Make some and start the export again.")
    if isinstance(error, FileNotFoundError):
        return RunFailed("A picture is missing from the server's storage. Leave images out, or tell an administrator.")
    return RunFailed(f"The server's storage could not be read or written ({error.strerror or error}). Try again.")
