"""The words of the command line that talk to a server: `maskwright signin`, `upload`, `export`, ..."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from maskwright import credentials, detections
from maskwright.client import Client
from maskwright.errors import MaskwrightError
from maskwright.records import Export, Import, Run
from maskwright.showing import Line, table

WORDS = ("signin", "signout", "projects", "upload", "import", "export", "boxes", "find", "runs", "predict")
"""The first words that are ours; `models` alone is, too (with a verb behind it, it is the server's own command)."""


def is_ours(words: Sequence[str]) -> bool:
    """Tell whether a command line talks to a server."""
    return bool(words) and (words[0] in WORDS or (words[0] == "models" and words[1:] in ([], ["--json"])))


def main(words: Sequence[str]) -> int:
    """Do what the words say; returns the exit code: 0, 1 where the server refused, 2 for a wrong command line."""
    options = _parser().parse_args(words)
    try:
        options.run(options)
    except MaskwrightError as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where it was.", file=sys.stderr)
        return 130
    return 0


def _signin(options: argparse.Namespace) -> None:
    prompt = f"API key for {options.server} (made on its page Account): "
    key = sys.stdin.readline().strip() if options.key_stdin else getpass.getpass(prompt)
    me = Client(options.server, key).me()
    credentials.save(credentials.Credentials(options.server, key))
    print(f"Signed in as {me['name']} on {options.server}.")


def _signout(_: argparse.Namespace) -> None:
    credentials.forget()
    print("Signed out on this computer. The key itself is deleted on the server's page Account.")


def _projects(options: argparse.Namespace) -> None:
    client = Client()
    if options.new:
        made = client.create_project(options.new, options.label or ())
        return _tell(options, [made.raw], [(made.name, made.id)])
    rows = list(client.projects())
    shown = [(row.name, f"{row.images} images", f"{row.annotations} masks", row.role, row.id) for row in rows]
    return _tell(options, [row.raw for row in rows], shown)


def _upload(options: argparse.Namespace) -> None:
    client, line = Client(), Line()
    project = client.project(options.project)
    counts = {"new": 0, "there": 0, "refused": 0}
    for made in client.upload(project, options.path, lambda path, done, whole: line.bytes(path.name, done, whole)):
        counts[made.outcome] += 1
        if made.outcome == "refused":
            line.say(f"{made.path}: {made.message}", error=True)
    line.say(f"{counts['new']} uploaded, {counts['there']} there already, {counts['refused']} refused.")
    if counts["refused"]:
        raise MaskwrightError("Not all files could be used.", code="refused")


def _import(options: argparse.Namespace) -> None:
    client, line = Client(), Line()
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
    if options.check:
        return
    done = client.start_import(row, options.become)
    line.say(f"Imported: {json.dumps(done.result, ensure_ascii=False)}")


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


def _export(options: argparse.Namespace) -> None:
    client, line = Client(), Line()
    run = client.start_export(
        client.project(options.project), options.format, images=options.images, snapshot=options.snapshot or "",
        suggestions=options.suggestions,
    )  # fmt: skip
    if not (options.wait or options.output):
        return line.say(f"Started as run {run.id}.")
    made = Export.of(client.wait(run, lambda one: line.run(one)))
    line.say(f"{made.name}: {made.bytes} bytes, sha256 {made.sha256}")
    if options.output:
        path = client.download(made, options.output, lambda done, whole: line.bytes(made.name, done, whole))
        line.say(str(path))
    return None


def _boxes(options: argparse.Namespace) -> None:
    client, line = Client(), Line()
    found = detections.read(options.file)
    run = client.boxes(client.project(options.project), **found, as_file=options.output is not None)
    if not (options.wait or options.output):
        return line.say(f"Started as run {run.id}.")
    done = client.wait(run, lambda one: line.run(one))
    for problem in done.raw["result"].get("problems", []):
        line.say(problem)
    if options.output:
        options.output.write_text(json.dumps(client.box_masks(done)), encoding="utf-8")
        line.say(str(options.output))
    return None


def _find(options: argparse.Namespace) -> None:
    client, line = Client(), Line()
    project = client.project(options.project)
    labelled = [{"label": name, "words": words} for name, _, words in (one.partition("=") for one in options.label)]
    images = [client.find_image(project, named) for named in options.image] or None
    run = client.find(project, [*options.words, *labelled], threshold=options.threshold, images=images)
    if not options.wait:
        return line.say(f"Started as run {run.id}.")
    done = client.wait(run, lambda one: line.run(one))
    for problem in done.raw["result"].get("problems", []):
        line.say(problem)
    return line.say(done.message)


def _runs(options: argparse.Namespace) -> None:
    client = Client()
    if options.cancel:
        made = client.cancel(options.cancel)
        return _tell(options, [made.raw], [_run_row(made)])
    project = client.project(options.project) if options.project else None
    rows = [row for row, _ in zip(client.runs(project, state=options.state or ""), range(options.limit), strict=False)]
    return _tell(options, [row.raw for row in rows], [_run_row(row) for row in rows])


def _run_row(row: Run) -> tuple[str, ...]:
    return row.kind, row.state, f"{row.progress:.0%}", row.error or row.message, row.id


def _models(options: argparse.Namespace) -> None:
    rows = list(Client().models())
    shown = [(row.name, row.version, row.state, f"{row.bytes / 1e6:.1f} MB", row.id) for row in rows]
    _tell(options, [row.raw for row in rows], shown)


def _predict(options: argparse.Namespace) -> None:
    # Here, for they take seconds to load and no other word needs them.
    import numpy as np
    from PIL import Image as Picture

    from maskwright.predict import RemotePredictor

    client = Client()
    image = client.find_image(client.project(options.project), options.image)
    points = [(x, y) for x, y, _ in options.point or ()]
    answer = RemotePredictor(client).predict(image, points, [int(one[2]) for one in options.point or ()], options.box)
    mask = answer.mask()
    found = {"area": int(mask.sum()), "predicted_iou": round(float(answer.scores[answer.best]), 4)}
    if options.output:
        Picture.fromarray(np.where(mask, 255, 0).astype(np.uint8)).save(options.output)
    print(json.dumps(found))


def _tell(options: argparse.Namespace, raw: list[Any], rows: Sequence[tuple[str, ...]]) -> None:
    if options.json:
        json.dump(raw, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(table(rows), end="")


def _point(text: str) -> tuple[float, float, int]:
    x, y, *label = text.split(",")
    return float(x), float(y), int(label[0]) if label else 1


def _box(text: str) -> tuple[float, ...]:
    numbers = tuple(float(part) for part in text.split(","))
    if len(numbers) != 4:
        raise ValueError(text)
    return numbers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="maskwright", description="Work with a Maskwright server.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], None], about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about)
        made.set_defaults(run=run)
        return made

    one = command("signin", _signin, "remember a server and an API key on this computer")
    one.add_argument("server", metavar="https://SERVER")
    one.add_argument("--key-stdin", action="store_true", help="read the key from standard input")
    command("signout", _signout, "forget both")
    one = command("projects", _projects, "list projects, or make one")
    one.add_argument("--new", metavar="NAME")
    one.add_argument("--label", action="append", metavar="NAME", help="of the new project; may be given several times")
    one.add_argument("--json", action="store_true")
    one = command("upload", _upload, "upload pictures and folders of them; goes on where it was stopped")
    one.add_argument("project", help="name or id")
    one.add_argument("path", nargs="+", type=Path)
    one = command("import", _import, "bring a data set: look at it, then write it")
    one.add_argument("project", help="name or id")
    one.add_argument("file", type=Path, nargs="?", help="an archive or a file of this computer")
    one.add_argument("--urls", type=Path, metavar="LIST", help="or web addresses that the server fetches: a file with "
                     "one a line, - for standard input")  # fmt: skip
    one.add_argument("--s3", metavar="s3://BUCKET/FOLDER", help="or a place in a bucket that an administrator opened")
    one.add_argument("--folder", help="or such a folder of the server")
    one.add_argument("--list", action="store_true", help="only look what there is to fetch")
    one.add_argument("--format", help="where it should not be told from the files")
    one.add_argument("--check", action="store_true", help="only look")
    one.add_argument("--as", dest="become", choices=["annotations", "suggestions"], default="annotations")
    one = command("export", _export, "make an export, wait for it, download it")
    one.add_argument("project", help="name or id")
    one.add_argument("--format", default="coco", help="coco, yolo, voc, ... (python -m export formats)")
    one.add_argument("--snapshot", metavar="NAME", help="instead of the masks as they are now")
    one.add_argument("--images", action="store_true", help="with the pictures")
    one.add_argument("--suggestions", action="store_true", help="with what nobody has judged")
    one.add_argument("--wait", action="store_true")
    one.add_argument("--output", type=Path, metavar="FILE", help="download it there, or into that folder; waits, too")
    one = command("boxes", _boxes, "a mask for each box of a detector")
    one.add_argument("project", help="name or id")
    one.add_argument("file", type=Path, nargs="+", help="COCO results, and the COCO file that the detector was run on")
    one.add_argument("--wait", action="store_true")
    one.add_argument("--output", type=Path, metavar="FILE", help="the masks as COCO results, instead of suggestions")
    one = command("find", _find, "ask a model in words; what it finds becomes suggestions")
    one.add_argument("project", help="name or id")
    one.add_argument("words", nargs="*", help="of what gets no label: 'yellow school bus'")
    one.add_argument("--label", action="append", default=[], metavar="NAME[=WORDS]", help="a label, by its name or by "
                     "other words; may be given several times")  # fmt: skip
    one.add_argument("--image", action="append", default=[], metavar="NAME", help="folder/name or id; without it all")
    one.add_argument("--threshold", type=float, metavar="SCORE", help="0 to 1; the model's own without it")
    one.add_argument("--wait", action="store_true")
    one = command("runs", _runs, "list runs, or cancel one")
    one.add_argument("project", nargs="?", help="name or id; without it those of all projects")
    one.add_argument("--state", choices=["queued", "running", "succeeded", "failed", "cancelled"])
    one.add_argument("--limit", type=int, default=20)
    one.add_argument("--cancel", metavar="ID")
    one.add_argument("--json", action="store_true")
    one = command("models", _models, "list the server's models")
    one.add_argument("--json", action="store_true")
    one = command("predict", _predict, "a mask for clicks on an image of a project, computed here")
    one.add_argument("project", help="name or id")
    one.add_argument("image", help="folder/name or id")
    one.add_argument("--point", action="append", type=_point, metavar="X,Y[,0]", help="0: does not belong to it")
    one.add_argument("--box", type=_box, metavar="X0,Y0,X1,Y1")
    one.add_argument("--output", type=Path, metavar="MASK.png")
    return parser
