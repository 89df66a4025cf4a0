"""Headers of every answer: cross-origin isolation (wasm threads need it) and a strict content policy."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "img-src 'self' blob: data:",
        # A video that was chosen tells its length before it is sent.
        "media-src 'self' blob:",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ]
)
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


WITH_SECRETS = ("/signin/", "/join/", "/password/")
"""Where addresses hold secrets of links. What such a page loads is asked for without its address, which would stand in
logs else; that of the site is still told, for forms are checked by it."""
REFERRER = "Referrer-Policy"


class HeadersMiddleware:
    """Sets the headers on pages, API answers and static files alike; a view may set its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, with the headers."""
        response = self.get_response(request)
        if request.path_info.startswith(WITH_SECRETS):
            response.headers[REFERRER] = "strict-origin"
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
