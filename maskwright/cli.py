"""The words of the command line that talk to a server: `maskwright signin`, `upload`, `export`, ..."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from maskwright import doing, doing_asked
from maskwright.errors import MaskwrightError

WORDS = (
    "signin", "signout", "projects", "upload", "import", "export", "snapshot", "boxes", "find", "track", "runs",
    "predict",
)  # fmt: skip
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
    except OSError as error:
        print(f"{error.filename}: {error.strerror}." if error.filename else error, file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where it was.", file=sys.stderr)
        return 130
    return 0


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

    one = command("signin", doing.signin, "remember a server and an API token on this computer")
    one.add_argument("server", metavar="https://SERVER")
    one.add_argument("--key-stdin", action="store_true", help="read the token from standard input")
    command("signout", doing.signout, "forget both")
    one = command("projects", doing.projects, "list projects, or make one")
    one.add_argument("--new", metavar="NAME")
    one.add_argument("--label", action="append", metavar="NAME", help="of the new project; may be given several times")
    one.add_argument("--json", action="store_true")
    one = command("upload", doing.upload, "upload pictures and folders of them; goes on where it was stopped")
    one.add_argument("project", help="name or id")
    one.add_argument("path", nargs="+", type=Path)
    one = command("import", doing.bring, "bring a data set: look at it, then write it; or take one back")
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
    one.add_argument("--undo", metavar="ID", help="take that import back, but for what people have worked on since")
    one = command("snapshot", doing.snapshot, "freeze the data set under a name, to export and compare it later")
    one.add_argument("project", help="name or id")
    one.add_argument("name")
    one = command("export", doing.export, "make an export, wait for it, download it")
    one.add_argument("project", help="name or id")
    one.add_argument("--format", default="coco", help="coco, yolo, voc, ... (python -m export formats)")
    one.add_argument(
        "--snapshot",
        metavar="NAME",
        help="its name or id (maskwright snapshot makes one); instead of the masks as they are now",
    )
    one.add_argument("--images", action="store_true", help="with the pictures")
    one.add_argument("--suggestions", action="store_true", help="with what nobody has judged")
    one.add_argument("--wait", action="store_true")
    one.add_argument("--output", type=Path, metavar="FILE", help="download it there, or into that folder; waits, too")
    one = command("boxes", doing_asked.boxes, "a mask for each box of a detector")
    one.add_argument("project", help="name or id")
    one.add_argument("file", type=Path, nargs="+", help="COCO results, and the COCO file that the detector was run on")
    one.add_argument("--wait", action="store_true")
    one.add_argument("--output", type=Path, metavar="FILE", help="the masks as COCO results, instead of suggestions")
    one = command("find", doing_asked.find, "ask a model in words or by example; what it finds becomes suggestions")
    one.add_argument("project", help="name or id")
    one.add_argument("words", nargs="*", help="of what gets no label: 'yellow school bus'")
    one.add_argument("--label", action="append", default=[], metavar="NAME[=WORDS]", help="a label, by its name or by "
                     "other words; may be given several times")  # fmt: skip
    one.add_argument("--image", action="append", default=[], metavar="NAME", help="folder/name or id; without it all")
    one.add_argument("--like", action="append", default=[], metavar="EXAMPLE", help="everything like it on one "
                     "--image: a box X0,Y0,X1,Y1 in pixels, or the id of an object there; may be given several "
                     "times")  # fmt: skip
    one.add_argument("--unlike", action="append", default=[], metavar="EXAMPLE", help="and not like this")
    one.add_argument("--threshold", type=float, metavar="SCORE", help="0 to 1; the model's own without it")
    one.add_argument("--wait", action="store_true")
    one = command("track", doing_asked.track, "follow an object along the images; what is found becomes suggestions")
    one.add_argument("project", help="name or id")
    one.add_argument("image", help="folder/name or id: where it begins")
    one.add_argument("--point", action="append", default=[], type=_point, metavar="X,Y[,0]", help="where it is there, "
                     "in pixels; 0: does not belong to it; without points, box and objects all that is drawn there is "
                     "followed")  # fmt: skip
    one.add_argument("--box", type=_box, metavar="X0,Y0,X1,Y1")
    one.add_argument("--object", action="append", default=[], metavar="ID", help="one that is drawn there")
    one.add_argument("--label", metavar="NAME", help="of what is pointed at")
    one.add_argument("--track", type=int, metavar="NUMBER", help="of what is pointed at; the next free one without it")
    one.add_argument("--count", type=int, metavar="IMAGES", help="how far; to the end without it")
    one.add_argument("--backwards", action="store_true", help="along the images before it")
    one.add_argument("--wait", action="store_true")
    one = command("runs", doing.runs, "list runs, or cancel one")
    one.add_argument("project", nargs="?", help="name or id; without it those of all projects")
    one.add_argument("--state", choices=["queued", "running", "succeeded", "failed", "cancelled"])
    one.add_argument("--limit", type=int, default=20)
    one.add_argument("--cancel", metavar="ID")
    one.add_argument("--json", action="store_true")
    one = command("models", doing.models, "list the server's models")
    one.add_argument("--json", action="store_true")
    one = command("predict", doing_asked.predict, "a mask for clicks on an image of a project, computed here")
    one.add_argument("project", help="name or id")
    one.add_argument("image", help="folder/name or id")
    one.add_argument("--point", action="append", type=_point, metavar="X,Y[,0]", help="0: does not belong to it")
    one.add_argument("--box", type=_box, metavar="X0,Y0,X1,Y1")
    one.add_argument("--output", type=Path, metavar="MASK.png")
    return parser
