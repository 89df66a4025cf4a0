"""WSGI entry point: `gunicorn annotator.wsgi`."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from annotator.lib.charset import in_utf8
from annotator.lib.slow import patient

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

_answer = get_wsgi_application()
application = in_utf8(patient(_answer, settings.BODY_GRACE_SECONDS, settings.BODY_BYTES_PER_SECOND))
