"""Data sets that come in: annotations, with or without their pictures, in the formats that `export` reads."""

from __future__ import annotations
