"""The SAM paper's zero-shot tasks (Kirillov et al. 2023, sections 7.1 to 7.4) on a project's own masks."""

from __future__ import annotations
