"""Any detector in front: its boxes become prompts, and their masks suggestions or a file (paper section 7.4)."""

from __future__ import annotations
