"""Serving blobs under addresses that contain their hash: they never change, so they are kept for good."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import parse_etags
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from annotator.lib.errors import ApiError, NotFound
from annotator.lib.storage import open_blob

# Whatever the bytes are, a browser must not run them.
_FILE_POLICY = "default-src 'none'; sandbox"


class AnyAccept(BaseContentNegotiation):
    """Files are what they are, whatever the Accept header says; errors of these views are JSON."""

    def select_parser(self, request: Request, parsers: object) -> None:
        """Read no body."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Take the first one."""
        first = next(iter(renderers))
        return first, first.media_type or ""


class FileView(APIView):
    """Base of the views under /files/: signed-in people only, and only what they may see."""

    content_negotiation_class = AnyAccept
    schema = None


def blob_response(
    request: Request, sha256: str, media_type: str, filename: str, packed_sha256: str = ""
) -> HttpResponseBase:
    """Answer with a blob, or 304 when the browser has it. Access must have been checked.

    `packed_sha256` is the same blob in gzip, sent to those who understand it.
    """
    packed = bool(packed_sha256) and "gzip" in request.headers.get("Accept-Encoding", "")
    etag = f'"{sha256}-gzip"' if packed else f'"{sha256}"'
    response: HttpResponseBase
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        response = _file(packed_sha256 if packed else sha256, media_type, filename)
        if packed:
            response["Content-Encoding"] = "gzip"
    if packed_sha256:
        response["Vary"] = "Accept-Encoding"
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _FILE_POLICY
    return response


def _file(sha256: str, media_type: str, filename: str) -> FileResponse:
    try:
        source = open_blob(sha256)
    except FileNotFoundError:
        raise ApiError(
            "file_missing", "This file is missing from the server's storage. Tell an administrator.", status=404
        ) from None
    return FileResponse(source, content_type=media_type, filename=filename)


def table(text: str, filename: str) -> HttpResponse:
    """Return a CSV table as a download of this name."""
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def must_match(asked: str, stored: str) -> None:
    """Raise NotFound unless the address's hash is the stored one: an address stands for one content only."""
    if asked != stored:
        raise NotFound("file")
