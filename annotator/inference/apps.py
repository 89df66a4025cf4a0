"""The inference app."""

from __future__ import annotations

from django.apps import AppConfig


class InferenceConfig(AppConfig):
    name = "annotator.inference"
    label = "inference"

    def ready(self) -> None:
        """Tell the runs and the projects what this app does for them."""
        from annotator.inference import embeddings, queries, states
        from annotator.lib.holdings import add_source
        from annotator.projects import extensions
        from annotator.runs import registry

        registry.register("embed", "annotator.inference.runner.EmbedRunner")
        registry.register("switch_model", "annotator.inference.runner.SwitchModelRunner")
        registry.register("install_model", "annotator.inference.install_runner.InstallModelRunner")
        add_source(states.held)
        extensions.add_image_part("embedding", states.embedding_info)
        extensions.set_default_model(queries.default_model)
        extensions.add_keeper(states.needed_blobs)
        extensions.add_owner(states.blobs_of)
        extensions.follow_copies(embeddings.share_with_copies)
        extensions.follow_pictures(embeddings.forget_of)
