"""What becomes of finished work: submitted, looked at by somebody else, accepted or returned, and talked about."""

from __future__ import annotations
