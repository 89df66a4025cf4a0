"""Static files for production: names carry content hashes, ES-module imports are rewritten to them, gzip lies ready."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

_QUOTED = re.compile(r"""["'(]([^"'()]+)["')]""")


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """`collectstatic` storage that also rewrites `import … from "./x.js"`; a test runs it, Django calls it new."""

    support_js_module_import_aggregation = True
    # Each pass settles one more step of the longest chain of imports; Django's 5 are for style sheets.
    max_post_process_passes = 60

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """Return Django's, which leaves alone what an earlier pattern has rewritten in this file: the word “export” in
        a comment makes the pattern for exports find the import below it, whose new name may not be there yet."""
        convert = super().url_converter(name, hashed_files, template)
        written: dict[str, set[str]] = self.__dict__.setdefault("_written", {})
        mine = written.setdefault(name, set())

        def once(match: re.Match[str]) -> str:
            found: Any = match[0] if match["url"] in mine else convert(match)
            mine.update(_QUOTED.findall(found)[-1:] if found != match[0] else ())  # the address stands last
            return str(found)

        return once


NOTE = "collected"
"""A file in the folder of what was collected, which says from what."""


def collected() -> bool:
    """Whether `collectstatic` would change nothing: the files are those that it was done with, and what it wrote is
    there still. They are told by names, sizes and times, which takes milliseconds."""
    try:
        return (settings.STATIC_ROOT / NOTE).read_text() == _told()
    except OSError:
        return False


def note_collected() -> None:
    """Remember that it was done with these files."""
    (settings.STATIC_ROOT / NOTE).write_text(_told())


def _told() -> str:
    return hashlib.sha256("\n".join([*_sources(), *_written()]).encode()).hexdigest()


def _sources() -> Iterator[str]:
    yield f"{Path(__file__).stat().st_mtime_ns}"  # another version may write other files of the same ones
    for finder in get_finders():
        for name, storage in finder.list([]):
            seen = Path(storage.path(name)).stat()
            yield f"{name} {seen.st_size} {seen.st_mtime_ns}"


def _written() -> Iterator[str]:
    root = Path(settings.STATIC_ROOT)
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.name != NOTE:
            yield f"{path.relative_to(root)} {path.stat().st_size}"
