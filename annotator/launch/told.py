"""gunicorn's own log lines: in our format, and without the secrets of the addresses in them."""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.glogging import Logger as Gunicorn

from annotator.lib.env import env_choice
from annotator.lib.jsonlog import JsonFormatter
from annotator.lib.redact import LineFormatter


class Logger(Gunicorn):  # type: ignore[misc]
    """Tells what gunicorn does, such as that a request could not be read, and whole addresses are part of that."""

    def setup(self, cfg: Any) -> None:
        """Set the handlers up as gunicorn does, and their formatters as ours."""
        super().setup(cfg)
        as_json = env_choice("MASKWRIGHT_LOG_FORMAT", "line", ["line", "json"]) == "json"
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(JsonFormatter() if as_json else _discreet(handler.formatter))


def _discreet(formatter: logging.Formatter | None) -> LineFormatter:
    """Return one that lays lines out as the formatter does."""
    return LineFormatter(formatter._fmt, formatter.datefmt) if formatter else LineFormatter()
