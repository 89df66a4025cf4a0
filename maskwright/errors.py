"""What can go wrong, as sentences."""

from __future__ import annotations


class MaskwrightError(Exception):
    """The server refused or could not be reached. `code` is the server's, or `offline`; `status` HTTP's, or 0."""

    def __init__(self, message: str, *, code: str = "offline", status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class RunFailed(MaskwrightError):
    """A run ended without a result; the message is the run's own."""
