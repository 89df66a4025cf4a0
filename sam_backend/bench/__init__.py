"""Measurement of decoders and encoders, each beside a named baseline in the same run."""

from __future__ import annotations
