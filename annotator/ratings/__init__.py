"""Two models beside each other, as people see them: the same click, each answer rated 1 to 10 without a name."""

from __future__ import annotations
