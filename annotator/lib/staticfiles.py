"""Static files for production: names carry content hashes, ES-module imports are rewritten to them, gzip lies ready."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """`collectstatic` storage that also rewrites `import … from "./x.js"`; a test runs it, Django calls it new."""

    support_js_module_import_aggregation = True
    # Each pass settles one more step of the longest chain of imports; Django's 5 are for style sheets.
    max_post_process_passes = 60
