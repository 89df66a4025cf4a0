"""The pages, one module per part of the site."""

from __future__ import annotations
