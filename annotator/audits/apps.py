"""The audits app."""

from __future__ import annotations

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    name = "annotator.audits"
    label = "audits"
