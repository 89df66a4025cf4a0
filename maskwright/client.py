"""The client: sign in with a key, then the verbs of the command line, typed."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from maskwright.asking import Asking
from maskwright.connection import Connection, Progress
from maskwright.credentials import saved
from maskwright.errors import MaskwrightError, RunFailed
from maskwright.ledger import Ledger
from maskwright.records import Export, Image, Import, Model, Project, Run, Uploaded, id_of

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif"}
_LOOK_AGAIN = 1.0


class Client(Asking):
    """One person on one server.

    Without arguments it is who `maskwright signin` said, or `MASKWRIGHT_SERVER` and `MASKWRIGHT_TOKEN`. Raises
    MaskwrightError wherever the server refuses or is away."""

    def __init__(
        self, server: str | None = None, key: str | None = None, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        if server is None or key is None:
            known = saved()
            server, key = server or known.server, key or known.key
        self.connection = Connection(server, key, pause=pause)
        self._pause = pause
        self.server = self.connection.server

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        return None

    def me(self) -> dict[str, Any]:
        """Return who this is: id, username, name."""
        found: dict[str, Any] = self.connection.json("GET", "me/")
        return found

    def projects(self) -> Iterator[Project]:
        """Yield one's projects."""
        return (Project.of(row) for row in self.connection.pages("projects/"))

    def project(self, named: str) -> Project:
        """Return a project by its id, or by its name where only one has it."""
        found = [one for one in self.projects() if named in (one.id, one.name)]
        if len(found) != 1:
            many = f"{len(found)} projects are called so; use the id" if found else "there is none, or it is not shared"
            raise MaskwrightError(f"No project “{named}”: {many}.", code="not_found", status=404)
        return found[0]

    def create_project(self, name: str, labels: Sequence[str] = ()) -> Project:
        """Make a project."""
        body = {"name": name, "labels": [{"name": label} for label in labels]}
        return Project.of(self.connection.json("POST", "projects/", body))

    def images(self, project: Project | str, *, search: str = "", only: str = "") -> Iterator[Image]:
        """Yield a project's images in order; `search` is a part of folder/name, `only` as the pages link it."""
        query = {"search": search or None, "only": only or None}
        return (Image.of(row) for row in self.connection.pages(f"projects/{id_of(project)}/images/", query))

    def find_image(self, project: Project | str, named: str) -> Image:
        """Return an image by its id, or by its folder and name."""
        for row in self.images(project, search="" if _is_id(named) else named):
            if named in (row.id, row.path):
                return row
        raise MaskwrightError(f"No image “{named}” in this project.", code="not_found", status=404)

    def upload(
        self,
        project: Project | str,
        paths: Iterable[Path | str],
        progress: Callable[[Path, int, int], None] | None = None,
    ) -> Iterator[Uploaded]:
        """Upload pictures, those in folders with the folder's name, and yield what became of each.

        What was sent before is not sent again, also after this was killed: its hash is remembered on this computer.
        `progress` is told file, bytes done and bytes in all."""
        ledger = Ledger(self.server, id_of(project))
        for path, folder in _pictures(Path(one) for one in paths):
            digest = _hash(path)
            if digest in ledger:
                yield Uploaded(path, "there")
                continue
            told = (lambda done, whole, path=path: progress(path, done, whole)) if progress else None
            made = self._send_picture(id_of(project), path, folder, told)
            if made.outcome != "refused":
                ledger.add(digest)
            yield made

    def bring(
        self, project: Project | str, file: Path | str, *, format: str = "", progress: Progress | None = None
    ) -> Import:
        """Upload a data set and have it looked at; returns it with the report of what it would do. Nothing is changed
        before `start_import`."""
        fields = {"format": format} if format else {}
        row = Import.of(self.connection.send(f"projects/{id_of(project)}/imports/", Path(file), fields, progress))
        return self._settled(row)

    def bring_from(
        self, project: Project | str, *, urls: Iterable[str] = (), s3: str = "", folder: str = "", format: str = ""
    ) -> Import:
        """Bring a data set that the server gets itself: by web addresses, from a place in a bucket
        (`s3://bucket/folder`) or from a folder of its own. Of the first two it is listed what there is to fetch
        (`listing`); `check_import` goes on. The report of a folder is there at once."""
        where: dict[str, Any] = {"s3": s3} if s3 else {"folder": folder} if folder else {"urls": list(urls)}
        body = where | ({"format": format} if format else {})
        return self._settled(Import.of(self.connection.json("POST", f"projects/{id_of(project)}/imports/", body)))

    def check_import(self, row: Import, *, format: str = "") -> Import:
        """Fetch what was listed, and have the data set looked at; returns it with the report of what it would do."""
        self.connection.json("POST", f"imports/{row.id}/check/", {"format": format})
        return self._settled(row)

    def start_import(self, row: Import, become: Literal["annotations", "suggestions"] = "annotations") -> Import:
        """Write what was looked at, with the labels as the report guesses; returns it with its result."""
        self.connection.json("POST", f"imports/{row.id}/start/", {"become": become})
        return self._settled(row)

    def imports(self, project: Project | str) -> Iterator[Import]:
        """Yield a project's imports, newest first."""
        return (Import.of(row) for row in self.connection.pages(f"projects/{id_of(project)}/imports/"))

    def import_problems(self, row: Import | str, limit: int = 100) -> list[str]:
        """Return what could not be taken over, as sentences with file and item, at most `limit` of them."""
        found = self.connection.json("GET", f"imports/{id_of(row)}/problems/", query={"limit": limit})["results"]
        return [": ".join(part for part in (one["file"], one["item"], one["reason"]) if part) for one in found]

    def undo_import(self, row: Import | str) -> Import:
        """Take an import back as a whole, but for what people have worked on since; `raw["undone"]` says what stays."""
        return self._settled(Import.of(self.connection.json("POST", f"imports/{id_of(row)}/undo/")))

    def snapshot(self, project: Project | str, name: str, on_run: Callable[[Run], None] | None = None) -> Run:
        """Freeze a project's data set under a name (only what was accepted, once it is reviewed); returns the finished
        run, whose result holds the snapshot's id, name, sha256 and counts. The same state again is the same one."""
        made = self.connection.json("POST", f"projects/{id_of(project)}/snapshots/", {"name": name})
        return self.wait(Run.of(made), on_run)

    def export(
        self, project: Project | str, format: str = "coco", *, images: bool = False, snapshot: str = "",
        suggestions: bool = False, on_run: Callable[[Run], None] | None = None,
    ) -> Export:  # fmt: skip
        """Make an export, of a snapshot (its name or id) or of what there is now, and wait for it."""
        return Export.of(self.wait(self.start_export(project, format, images=images, snapshot=snapshot,
                                                     suggestions=suggestions), on_run))  # fmt: skip

    def start_export(
        self, project: Project | str, format: str = "coco", *, images: bool = False, snapshot: str = "",
        suggestions: bool = False,
    ) -> Run:  # fmt: skip
        """Start an export; `export` waits for it as well."""
        body: dict[str, Any] = {"format": format, "include_images": images}
        if snapshot:
            body["snapshot"] = self._snapshot(id_of(project), snapshot)
        elif suggestions:
            body["include_suggestions"] = True
        return Run.of(self.connection.json("POST", f"projects/{id_of(project)}/exports/", body))

    def download(self, export: Export, target: Path | str, progress: Progress | None = None) -> Path:
        """Download an export to a file, or under its own name into a folder; compares its SHA-256. The file appears
        when it is whole."""
        place = Path(target)
        place = place / export.name if place.is_dir() else place
        part = place.with_name(place.name + ".part")
        try:
            with part.open("wb") as out:
                self.connection.fetch(f"/api/v1/exports/{export.id}/download/", out, progress)
            if _hash(part) != export.sha256:
                raise MaskwrightError("The downloaded file is not the one the server made. Try again.", code="damaged")
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        return place

    def runs(self, project: Project | str | None = None, *, kind: str = "", state: str = "") -> Iterator[Run]:
        """Yield runs, newest first."""
        query = {"project": id_of(project) if project else None, "kind": kind or None, "state": state or None}
        return (Run.of(row) for row in self.connection.pages("runs/", query))

    def run(self, pk: str) -> Run:
        """Return a run as it is now."""
        return Run.of(self.connection.json("GET", f"runs/{pk}/"))

    def cancel(self, run: Run | str) -> Run:
        """Cancel a run."""
        return Run.of(self.connection.json("POST", f"runs/{id_of(run)}/cancel/"))

    def wait(self, run: Run, on_run: Callable[[Run], None] | None = None) -> Run:
        """Return the run when it has succeeded; `on_run` hears of it at each look. Raises RunFailed."""
        while not run.finished:
            if on_run:
                on_run(run)
            self._pause(_LOOK_AGAIN)
            run = self.run(run.id)
        if on_run:
            on_run(run)
        if run.state != "succeeded":
            raise RunFailed(run.error or f"The run was {run.state}.", code=run.state)
        return run

    def models(self) -> Iterator[Model]:
        """Yield the models that are installed on the server."""
        return (Model.of(row) for row in self.connection.pages("models/"))

    def _settled(self, row: Import) -> Import:
        while True:
            row = Import.of(self.connection.json("GET", f"imports/{row.id}/"))
            if row.run is None or row.run.finished:
                break
            self._pause(_LOOK_AGAIN)
        if row.run is not None and row.run.state != "succeeded":
            raise RunFailed(row.run.error or f"The import was {row.run.state}.", code=row.run.state)
        return row

    def _snapshot(self, project: str, named: str) -> str:
        for row in self.connection.pages(f"projects/{project}/snapshots/"):
            if named in (row["id"], row["name"]):
                return str(row["id"])
        raise MaskwrightError(f"No snapshot “{named}” in this project.", code="not_found", status=404)

    def _send_picture(self, project: str, path: Path, folder: str, progress: Progress | None) -> Uploaded:
        fields = {"folder": folder} if folder else {}
        try:
            row = self.connection.send(f"projects/{project}/images/", path, fields, progress)
        except MaskwrightError as error:
            if error.code == "duplicate_image":
                return Uploaded(path, "there", str(error))
            # A picture that cannot be used keeps none of the others back; a server that is away does.
            if error.status in (400, 409, 413, 415):
                return Uploaded(path, "refused", str(error))
            raise
        return Uploaded(path, "new", image=Image.of(row))


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _pictures(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Every picture with the folder it is to stand in: files as they are, folders walked in order."""
    for path in paths:
        if not path.is_dir():
            if not path.is_file():
                raise MaskwrightError(f"{path} is neither a file nor a folder.", code="no_file")
            yield path, ""
            continue
        top = path.resolve()
        for file in sorted(one for one in top.rglob("*") if one.suffix.lower() in PICTURES and one.is_file()):
            yield file, "/".join(file.parent.relative_to(top.parent).parts)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
