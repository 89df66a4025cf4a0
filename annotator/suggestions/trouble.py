"""Why a model gave nothing on one image of many; the others go on."""

from __future__ import annotations

TROUBLE = (FileNotFoundError, ValueError, MemoryError)
"""What asking a model about an image raises, other than a fault of the program."""


def sentence(error: Exception) -> str:
    """Return the reason for a person."""
    if isinstance(error, FileNotFoundError):
        return "Its file, or one of the model's, is missing from the server's storage."
    if isinstance(error, MemoryError):
        return "It does not fit into this machine's memory with this model."
    return f"The model could not be run on it: {error}"
