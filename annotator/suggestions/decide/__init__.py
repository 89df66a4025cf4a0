"""What people make of suggestions: accept, reject, take back, and what that says about the masks."""

from __future__ import annotations
