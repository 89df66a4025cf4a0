"""ASGI entry point, for servers that speak it."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from annotator.lib.charset import in_utf8_async

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

application = in_utf8_async(get_asgi_application())
