"""A piece of a file (RFC 9110, section 14), so that a download that broke off goes on where it stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.request import Request

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")
_PIECE = 1 << 18


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last of what a Range header asks of ``size`` bytes; None where the
    whole is to be sent: no such header, other units, several pieces or nonsense, which a server may all pass over.

    Raises ValueError where nothing of the file lies in the piece asked for."""
    found = _ONE.match(header.strip())
    if not found or found[1] == found[2] == "":
        return None
    if found[1] == "":  # the last so many
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= end:
        raise ValueError(f"{header} lies outside of {size} bytes")
    return start, end


def file_response(request: Request, source: IO[bytes], size: int, etag: str, name: str, kind: str) -> HttpResponseBase:
    """Answer with an open file of ``size`` bytes, or the piece of it that is asked for, and close it in the end."""
    response = _answer(request, source, size, etag, kind)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    if response.status_code != 416:
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _answer(request: Request, source: IO[bytes], size: int, etag: str, kind: str) -> HttpResponseBase:
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        asked = ""  # a piece of another file than the one begun with would spoil it
    try:
        piece = wanted(asked, size)
    except ValueError:
        source.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if piece is None:
        response: HttpResponseBase = FileResponse(source, content_type=kind)
        response["Content-Length"] = str(size)
        return response
    start, end = piece
    response = StreamingHttpResponse(_read(source, start, end), status=206, content_type=kind)
    response["Content-Length"] = str(end - start)
    response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


def _read(source: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with source:
        source.seek(start)
        while start < end and (read := source.read(min(_PIECE, end - start))):
            start += len(read)
            yield read
