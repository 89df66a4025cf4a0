"""What each word of the command line does."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maskwright import credentials
from maskwright.client import Client
from maskwright.errors import MaskwrightError
from maskwright.records import Export, Import, Run
from maskwright.showing import Line, table

_PROBLEMS_SHOWN = 20
_KINDS = {"image": "images", "annotation": "objects", "suggestion": "suggestions", "label": "labels"}


def signin(options: argparse.Namespace) -> None:
    """Remember a server and a token."""
    prompt = f"API token for {options.server} (made there under Your account, API tokens): "
    key = sys.stdin.readline().strip() if options.key_stdin else getpass.getpass(prompt)

    def rest(seconds: float) -> None:
        print(f"{options.server} does not answer. Trying again in {seconds:.0f} s.", file=sys.stderr, flush=True)
        time.sleep(seconds)

    me = Client(options.server, key, pause=rest).me()
    credentials.save(credentials.Credentials(options.server, key))
    print(f"Signed in as {me['name']} on {options.server}.")


def signout(_: argparse.Namespace) -> None:
    """Forget both."""
    credentials.forget()
    print("Signed out on this computer. The token itself is revoked on the server, under Your account.")


def projects(options: argparse.Namespace) -> None:
    """List projects, or make one."""
    client = Client()
    if options.new:
        made = client.create_project(options.new, options.label or ())
        return _tell(options, [made.raw], [(made.name, made.id)])
    rows = list(client.projects())
    shown = [(row.name, f"{row.images} images", f"{row.annotations} masks", row.role, row.id) for row in rows]
    return _tell(options, [row.raw for row in rows], shown)


def upload(options: argparse.Namespace) -> None:
    """Upload pictures."""
    client, line = Client(), Line()
    project = client.project(options.project)
    counts = {"new": 0, "there": 0, "refused": 0}
    for made in client.upload(project, options.path, lambda path, done, whole: line.bytes(path.name, done, whole)):
        counts[made.outcome] += 1
        if made.outcome == "refused":
            line.say(f"{made.path}: {made.message}", error=True)
    if not any(counts.values()):
        raise ValueError(f"There is no picture in {', '.join(map(str, options.path))}.")
    line.say(f"{counts['new']} uploaded, {counts['there']} there already, {counts['refused']} refused.")
    if counts["refused"]:
        raise MaskwrightError("Not all files could be used.", code="refused")


def bring(options: argparse.Namespace) -> None:
    """Bring a data set, or take one back."""
    client, line = Client(), Line()
    if options.undo:
        return _undo(options, client, line)
    row = _brought(options, client, line)
    if row is None:
        return
    report = row.report or {}
    images, objects = report.get("images", {}), report.get("annotations", {})
    line.say(
        f"{report.get('title')}: {images.get('total', 0)} images ({images.get('new', 0)} new), "
        f"{objects.get('total', 0)} objects ({objects.get('there', 0)} there already), "
        f"{report.get('problems', 0)} problems."
    )
    if report.get("problems"):
        for problem in client.import_problems(row, _PROBLEMS_SHOWN):
            line.say(problem, error=True)
        if (more := report["problems"] - _PROBLEMS_SHOWN) > 0:
            line.say(f"{more} more: the project's Import page has them all as a table.", error=True)
    if options.check:
        return
    done = client.start_import(row, options.become)
    result = done.result or {}
    line.say(
        f"Imported: {_counted(result['made'])}; {result['there']} there already, "
        f"{result['skipped'] + result['deleted']} left out, {result['problems']} problems. "
        f"--undo {row.id} takes it back."
    )


def _undo(options: argparse.Namespace, client: Client, line: Line) -> None:
    # The import's project is not asked for by the server; a wrong one here is a slip of whoever typed it.
    if options.undo not in {row.id for row in client.imports(client.project(options.project))}:
        raise MaskwrightError(f"No import “{options.undo}” in this project.", code="not_found", status=404)
    undone = client.undo_import(options.undo).raw["undone"]
    line.say(f"Taken back: {_counted(undone['removed'])}.")
    for one in undone["kept"]:
        line.say(f"{one['count']} {_KINDS[one['kind']]} kept: {one['reason']}", error=True)


def _counted(kinds: dict[str, int]) -> str:
    return ", ".join(f"{kinds[kind]} {word}" for kind, word in _KINDS.items() if kinds[kind]) or "nothing"


def snapshot(options: argparse.Namespace) -> None:
    """Freeze a data set under a name."""
    client, line = Client(), Line()
    made = client.snapshot(client.project(options.project), options.name, lambda one: line.run(one)).result
    line.say(f"{made['name']}: {made['images']} images, {made['annotations']} objects, sha256 {made['sha256']}")
    if made["known"]:
        line.say(
            f"There is no snapshot “{options.name}”: nothing has changed since “{made['name']}”, and one state has one "
            "name. Export it by that, or change the name on the Snapshots page.",
            error=True,
        )


def _brought(options: argparse.Namespace, client: Client, line: Line) -> Import | None:
    """The data set when it was looked at; None when only what there is to fetch was asked for."""
    project, known = client.project(options.project), options.format or ""
    places = [options.file, options.urls, options.s3, options.folder]
    if sum(place is not None for place in places) != 1:
        raise ValueError("Name one data set: a FILE, or --urls, --s3 or --folder.")
    if options.file:
        return client.bring(
            project, options.file, format=known,
            progress=lambda done, whole: line.bytes(options.file.name, done, whole),
        )  # fmt: skip
    if options.folder:
        return client.bring_from(project, folder=options.folder, format=known)
    urls = (sys.stdin if options.urls == Path("-") else options.urls.open()) if options.urls else ()
    row = client.bring_from(project, urls=urls, s3=options.s3 or "", format=known)
    listing = row.listing or {}
    line.say(
        f"{listing.get('files', 0)} files, {listing.get('bytes', 0) / 1e6:.2f} MB and {listing.get('unknown', 0)} of "
        f"unknown size; {listing.get('refused', 0)} cannot be fetched."
    )
    return None if options.list else client.check_import(row, format=known)


def export(options: argparse.Namespace) -> None:
    """Make an export."""
    client, line = Client(), Line()
    writable(options.output)
    run = client.start_export(
        client.project(options.project), options.format, images=options.images, snapshot=options.snapshot or "",
        suggestions=options.suggestions,
    )  # fmt: skip
    if not (options.wait or options.output):
        return line.say(f"Started as run {run.id}.")
    made = Export.of(client.wait(run, lambda one: line.run(one)))
    line.say(f"{made.name}: {made.bytes} bytes, sha256 {made.sha256}")
    _told_of(made, line)
    if options.output:
        path = client.download(made, options.output, lambda done, whole: line.bytes(made.name, done, whole))
        line.say(str(path))
    return None


def _told_of(made: Export, line: Line) -> None:
    """What is in it, and what the format could not hold: the same as the Export page says."""
    counts, proof, lost = made.raw["counts"], made.raw["proof"], made.raw["lost"]
    line.say(
        f"{counts['images']} images, {counts['annotations']} objects; {proof['compared']} masks read back identical."
    )
    for what, count in (("not the same pixels", proof["altered"]), ("left out", proof["left_out"])):
        if count:
            line.say(f"{count} objects {what}: this format cannot hold them as they are.", error=True)
    for kind, count in sorted(lost.items()):
        line.say(f"{count} × {kind}", error=True)


def writable(target: Path | None) -> None:
    """Say before any work that there is no folder for what comes of it."""
    if target is not None and not target.parent.is_dir():
        raise ValueError(f"There is no folder {target.parent}.")


def runs(options: argparse.Namespace) -> None:
    """List runs, or cancel one."""
    client = Client()
    if options.cancel:
        made = client.cancel(options.cancel)
        return _tell(options, [made.raw], [_run_row(made)])
    project = client.project(options.project) if options.project else None
    rows = [row for row, _ in zip(client.runs(project, state=options.state or ""), range(options.limit), strict=False)]
    return _tell(options, [row.raw for row in rows], [_run_row(row) for row in rows])


def _run_row(row: Run) -> tuple[str, ...]:
    return row.kind, row.state, f"{row.progress:.0%}", row.error or row.message, row.id


def models(options: argparse.Namespace) -> None:
    """List models."""
    rows = list(Client().models())
    shown = [(row.name, row.version, row.state, f"{row.bytes / 1e6:.1f} MB", row.id) for row in rows]
    _tell(options, [row.raw for row in rows], shown)


def _tell(options: argparse.Namespace, raw: list[Any], rows: Sequence[tuple[str, ...]]) -> None:
    if options.json:
        json.dump(raw, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(table(rows), end="")
