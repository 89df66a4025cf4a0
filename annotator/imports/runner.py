"""The runs of imports: the list of what to fetch, the dry run, the import, the undo. Each may be started twice and go
on after a dead worker."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from typing import Any

from annotator.accounts.access import Right, may
from annotator.accounts.models import User
from annotator.imports import parts, plan, store, undo
from annotator.imports.blobs import forget
from annotator.imports.choices import CHECK, FETCHED, IMPORT, LIST, UNDO, Kind
from annotator.imports.labels import clean
from annotator.imports.models import Import
from annotator.imports.sources import opened
from annotator.lib import room
from annotator.lib.errors import ApiError
from annotator.lib.trouble import DISK_FULL, trouble_of
from annotator.lib.words import counted
from annotator.projects.guards import keeps_files
from annotator.runs.runner import Context, RunFailed, Runner
from export import ArchiveError
from export.files import Files
from export.reading import Problem

DISK_IS_FULL = "The server's disk is full. What is imported is kept: make room, then try again."
LOOK_EVERY = 20
"""Images between two looks at the disk."""


class _ImportRunner(Runner):
    """What all of them have in common."""

    def run(self, context: Context) -> dict[str, Any]:
        """Do it; what went wrong with the data, or the machine, is a sentence."""
        key, actor = context.run.subject, context.run.requested_by
        row = Import.objects.select_related("project").filter(pk=key).first() if key else None
        if row is None or actor is None:
            raise RunFailed("The import is gone, or who asked for it has no account any more.")
        if not may(actor, row.project, Right.MANAGE):
            raise RunFailed("Whoever asked for this does not manage the project any more.")
        try:
            return self.work(context, row, actor)
        except (ArchiveError, ApiError) as error:
            raise RunFailed(clean(str(error))) from error
        except FileNotFoundError as error:
            raise RunFailed(f"“{row.name}” is not kept here any more. Add it again.") from error
        except MemoryError as error:
            raise RunFailed("The data set does not fit into this machine's memory. Divide it.") from error
        except OSError as error:
            if trouble_of(error) is not DISK_FULL:
                raise
            raise RunFailed(DISK_IS_FULL) from error

    @abstractmethod
    def work(self, context: Context, row: Import, actor: User) -> dict[str, Any]:
        """Do the work of this kind."""


class ListRunner(_ImportRunner):
    """Looks what there is to fetch, and fetches none of it."""

    kind = LIST

    def work(self, context: Context, row: Import, actor: User) -> dict[str, Any]:
        """Return {"files", "bytes", "unknown", "refused", "fetched"}."""
        try:
            parts.list_files(row, context.progress, context.check)
        finally:
            _keep(row, problems=_rows(parts.problems(row)))
        context.progress(1.0, f"{counted(row.listing['files'], 'file')} to fetch")
        return row.listing


class CheckRunner(_ImportRunner):
    """The dry run: changes nothing but the import's own report."""

    kind = CHECK

    def work(self, context: Context, row: Import, actor: User) -> dict[str, Any]:
        """Return {"format", "images", "annotations", "problems"}, counts all of them."""
        _fetch(context, row)
        with opened(row, context.check) as files:
            found = _planned(context, row, files, 1.0)
            report = plan.report(row.project, found, context.progress)
        context.check()
        _keep(row, report=report, problems=_rows(found.problems))
        images, objects = (report[name]["total"] for name in ("images", "annotations"))
        context.progress(1.0, f"{report['title']}: {counted(images, 'image')}, {counted(objects, 'object')}")
        return {"format": found.format, "images": report["images"]["total"]} | {
            "annotations": report["annotations"]["total"], "problems": report["problems"],
        }  # fmt: skip


class ImportRunner(_ImportRunner):
    """The import itself. What an earlier start of it made is there already, and found by its id."""

    kind = IMPORT

    def work(self, context: Context, row: Import, actor: User) -> dict[str, Any]:
        """Return {"made": {kind: count}, "there", "skipped", "deleted", "problems", "lost"}."""
        _fetch(context, row)
        with opened(row, context.check) as files:
            found = _planned(context, row, files, 0.3)
            writer = store.Writer(row, context.run, found, files, actor)
            writer.labels()
            usable = [group for group in found.groups if group.usable]
            for number, group in enumerate(usable):
                if number % LOOK_EVERY == 0 and room.free_bytes() < room.SPARE_BYTES:
                    raise RunFailed(DISK_IS_FULL)
                context.progress(0.3 + 0.7 * number / len(usable), f"Image {number + 1} of {len(usable)}")
                writer.write(group)
        outcome = writer.outcome
        made = Counter(row.made.filter(taken_back=False).values_list("kind", flat=True))
        problems = [*found.problems, *outcome.problems]
        result = {
            "made": {kind.value: made[kind.value] for kind in Kind},
            "there": max(0, outcome.there - self._made_before(row, outcome)),
            "skipped": outcome.skipped,
            "deleted": outcome.deleted,
            "problems": len(problems),
            "lost": plan.losses_json(outcome.lost),
        }
        _keep(row, result=result, problems=_rows(problems))
        if not keeps_files(row.project):
            forget(row)
        context.progress(1.0, f"Added {_told(made)}" if made else "Nothing was added")
        return result

    @staticmethod
    def _made_before(row: Import, outcome: store.Outcome) -> int:
        """How many of the objects that were there are of an earlier start of this import."""
        made = row.made.filter(kind__in=[Kind.ANNOTATION, Kind.SUGGESTION], taken_back=False).count()
        return made - outcome.made


class UndoRunner(_ImportRunner):
    """Takes back what an import made."""

    kind = UNDO

    def work(self, context: Context, row: Import, actor: User) -> dict[str, Any]:
        """Return {"removed": {kind: count}, "kept": [{"kind", "reason", "count"}]}."""
        undone = undo.undo(row, actor, context.progress)
        _keep(row, undone=undone)
        removed = Counter[str](undone["removed"])
        context.progress(1.0, f"Taken back: {_told(removed)}" if removed.total() else "Nothing was taken back")
        return {"removed": undone["removed"], "kept": undone["kept"]}


def _told(counts: Counter[str]) -> str:
    """Counts by kind, as people say them."""
    words = {Kind.IMAGE: "image", Kind.ANNOTATION: "object", Kind.SUGGESTION: "suggestion", Kind.LABEL: "label"}
    return ", ".join(counted(counts[kind.value], word) for kind, word in words.items() if counts[kind.value])


def _planned(context: Context, row: Import, files: Files, share: float) -> plan.Plan:
    context.progress(0.0, "Looking at the files")
    name = plan.recognise(files, row.format)
    found = plan.make(row.project, files, name, lambda done, told: context.progress(share * done, told))
    if row.source in FETCHED:
        found.problems[:0] = parts.problems(row)
    return found


def _fetch(context: Context, row: Import) -> None:
    """Have everything here that is read; what an earlier start of a run fetched is here already."""
    if row.source not in FETCHED:
        return
    try:
        parts.fetch_files(row, context.progress, context.check)
    except BaseException:
        _keep(row, problems=_rows(parts.problems(row)))
        raise


def _rows(problems: list[Problem]) -> list[list[str]]:
    return [[clean(problem.file), clean(problem.item), clean(problem.reason)] for problem in problems[:MAX_PROBLEMS]]


MAX_PROBLEMS = 20_000
"""As many as are kept; a reader lists no more than half of that."""


def _keep(row: Import, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
