"""People: users, tokens, sign-in links, and the one door for access."""

from __future__ import annotations
