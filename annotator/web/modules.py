"""The JavaScript modules that a page needs before anything works on it, so that its head can name them all at once."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

_IMPORT = re.compile(r"""^(?:import|export)\b[^'"();]*?['"](\.[^'"]+)['"]""", re.MULTILINE)


def modules(entry: str) -> list[str]:
    """Addresses of a module (a static file's name) and of all it imports, itself first. What is loaded later is not
    among them: only `import … from '…'` counts, not `import('…')`.

    A browser learns of an import when it has read the importing file, so a tree of six levels costs six journeys one
    after the other. Named in the head they are all asked for at once.
    """
    return [static(name) for name in _closure(entry)]


@cache
def _closure(entry: str) -> tuple[str, ...]:
    found, waiting = {entry: None}, [entry]
    while waiting:
        name = waiting.pop(0)
        new = [other for other in _imports(name) if other not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return tuple(found)


def _imports(name: str) -> list[str]:
    source = finders.find(name)
    if source is None:
        return []
    text = Path(str(source)).read_text(encoding="utf-8")
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) for path in _IMPORT.findall(text)]
