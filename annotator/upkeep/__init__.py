"""Looking after an installation as a whole: backup, restore, verification, moving to another database."""

from __future__ import annotations
