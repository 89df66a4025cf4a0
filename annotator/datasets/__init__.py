"""How annotations leave: snapshots and exports."""

from __future__ import annotations
