"""The privacy app."""

from __future__ import annotations

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "annotator.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Stand between uploads and the storage, and say which files this app's rows need."""
        from annotator.lib.holdings import add_source
        from annotator.privacy import blobs, guard
        from annotator.projects import extensions, guards
        from annotator.runs import registry

        registry.register("veil", "annotator.privacy.runner.VeilRunner")
        guards.set_guard(guard.guard, guard.keeps_files)
        add_source(blobs.held)
        extensions.add_keeper(blobs.needed_blobs)
        extensions.add_owner(blobs.blobs_of)
