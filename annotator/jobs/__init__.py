"""Jobs: who has which images of a project to work on."""

from __future__ import annotations
