"""Finding masks on images: a run searches, what it finds becomes suggestions; a preview to try limits on."""

from __future__ import annotations
