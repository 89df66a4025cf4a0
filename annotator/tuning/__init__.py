"""The model learns from the team: retraining, the gate, promotion and the way back."""

from __future__ import annotations
