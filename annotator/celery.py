"""The Celery application. A message is only a wake-up: the truth about a run is its row (annotator.runs)."""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings

from annotator.lib import folder_queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

app = Celery("annotator")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def make_queue_folders() -> None:
    """The filesystem transport lists its folders but never makes them."""
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        for folder in ("messages", "control"):
            (settings.QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)


make_queue_folders()
folder_queue.register()
