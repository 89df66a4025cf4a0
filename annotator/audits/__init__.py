"""How good a project's masks are: a drawn sample is corrected by people who do not see whose they are."""

from __future__ import annotations
