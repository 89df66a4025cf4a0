"""The compact family's package: its graphs, with weights stored once, and its manifest."""

from __future__ import annotations
