"""What is known of a web process before Django is loaded."""

from __future__ import annotations

THREADS = 24
"""Threads of a web process, as image, units and launcher start them (`--threads`)."""
CALLED = "maskwright web"
"""What web processes call themselves where they connect to PostgreSQL (`application_name`)."""
