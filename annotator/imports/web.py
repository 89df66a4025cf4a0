"""Files at web addresses: which a list names, what they are called, what is there, and how they come."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from annotator.imports.labels import clean
from annotator.lib.addresses import Guard, NotReachable
from annotator.lib.fetching import Answer, Pace, answer
from annotator.projects.names import MAX_FOLDER
from export.names import unique_paths

MOST = 10_000
"""Addresses in one list."""
LONGEST = 2000
PACE = Pace()
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}$")
_PAGES = {"text/html", "application/xhtml+xml"}


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at an address; `size` in bytes is None where the server does not say."""

    name: str
    size: int | None


def guard() -> Guard:
    """Return where imports may go: public addresses, and networks inside that the setting names."""
    return Guard("imports", "MASKWRIGHT_IMPORT_NETWORKS", settings.IMPORT_NETWORKS)


def listed(lines: Iterable[str]) -> list[str]:
    """Return the addresses of a list: a line each, without blanks and comments."""
    stripped = (clean(line).strip() for line in lines)
    return [line for line in stripped if line and not line.startswith("#")]


def look(url: str) -> Found:
    """Ask what lies at an address, and read nothing of it. Raises NotReachable with a sentence."""
    with _file(url) as found:
        return Found(_name(url, found), found.size)


def fetch(url: str, target: Path, limit: int, going: Callable[[], None]) -> None:
    """Write what lies at an address to a file; `going` is asked at each piece, and may raise to stop it. Raises
    NotReachable, also when it is larger than `limit` bytes."""
    with _file(url) as found, target.open("wb") as out:
        for piece in found.chunks(limit):
            going()
            out.write(piece)


def paths(files: Sequence[tuple[str, str]]) -> list[str]:
    """Return a path for each (address, name), no two alike: what all have in common before it is left out."""
    ways = [[_host(url), *_folders(url)] for url, _ in files]
    common = 0
    while ways and all(len(way) > common and way[common] == ways[0][common] for way in ways):
        common += 1
    places = ((_shortened(way[common:]), name) for way, (_, name) in zip(ways, files, strict=True))
    return unique_paths(places)


def _shortened(folders: list[str]) -> str:
    """Folders as a path; of one that is too long to be kept the last ones stay, which tell files from each other."""
    while len("/".join(folders)) > MAX_FOLDER:
        folders = folders[1:]
    return "/".join(folders)


def title(urls: Sequence[str]) -> str:
    """Return what a list is called: its one file, or how many of where."""
    if len(urls) == 1:
        return _last(urls[0]) or _host(urls[0]) or "web address"
    hosts = {_host(url) for url in urls} - {""}
    return f"{len(urls)} files of {hosts.pop()}" if len(hosts) == 1 else f"{len(urls)} files of the web"


@contextmanager
def _file(url: str) -> Iterator[Answer]:
    """What lies at an address, where it is a file: a web page is none, nor is what was packed on the way."""
    with answer(url, guard(), PACE) as found:
        if found.media_type in _PAGES:
            raise NotReachable(f"The address answered with a web page ({found.media_type}), not with a file.")
        if found.packed:
            raise NotReachable("The address answered with a file that is packed for the way, which nobody asked for.")
        yield found


def _name(url: str, found: Answer) -> str:
    """The name of a file: the end of its address where that tells what kind it is, else what the server says."""
    name = _last(url)
    if _SUFFIX.search(name):
        return name
    said = clean(found.file_name)
    if _SUFFIX.search(said):
        return said
    return (name or "file") + (mimetypes.guess_extension(found.media_type) or "")


def _last(url: str) -> str:
    return _parts(url)[-1]


def _folders(url: str) -> list[str]:
    return _parts(url)[:-1]


def _parts(url: str) -> list[str]:
    """The ways of an address as people read them; the last is the name, blank where it ends in a slash."""
    try:
        return [clean(unquote(part)) for part in urlsplit(url).path.lstrip("/").split("/")]
    except ValueError:
        return [""]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
