"""Static files for production: names carry content hashes, ES-module imports are rewritten to them, gzip lies ready."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

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
