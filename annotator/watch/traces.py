"""Traces of requests and tasks for a collector that speaks OpenTelemetry, where its address is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings

from annotator.lib.tracing import HEADER

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter

REQUEST = "maskwright.request"
TOLD = frozenset({
    REQUEST, "http.method", "http.request.method", "http.route", "http.status_code", "http.response.status_code",
    "celery.action", "celery.state", "celery.task_name", "messaging.destination", "error.type",
})  # fmt: skip
"""All that a span may say. Addresses, headers, hosts and arguments of tasks are not among them: who, what and where."""


def report() -> None:
    """Begin to tell requests and tasks, those that a caller's trace asks for and a share of the others."""
    if not settings.TRACES_ENDPOINT:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    begin(OTLPSpanExporter(endpoint=f"{settings.TRACES_ENDPOINT.rstrip('/')}/v1/traces"))


def begin(exporter: SpanExporter) -> None:
    """Tell requests and tasks of this process to an exporter. Before Django's middleware is loaded, and once."""
    from opentelemetry import trace
    from opentelemetry.instrumentation.celery import CeleryInstrumentor
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    sampler = ParentBased(TraceIdRatioBased(settings.TRACES_PERCENT / 100))
    provider = TracerProvider(sampler=sampler, resource=Resource({"service.name": "maskwright"}))
    provider.add_span_processor(BatchSpanProcessor(_discreet(exporter)))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(response_hook=_named)
    CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]


def _named(span: Any, request: Any, response: Any) -> None:
    """Give a request's span the id that its log lines and its answer have."""
    span.set_attribute(REQUEST, response.headers.get(HEADER, ""))


def _discreet(exporter: SpanExporter) -> SpanExporter:
    """Return an exporter that passes on what may be told of each span."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Discreet(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            return exporter.export([_told(span) for span in spans])

        def shutdown(self) -> None:
            exporter.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return exporter.force_flush(timeout_millis)

    return Discreet()


def _told(span: ReadableSpan) -> ReadableSpan:
    """Return a span without what could name somebody or open something: of an error its kind alone."""
    from opentelemetry.sdk.trace import Event, ReadableSpan
    from opentelemetry.trace import Status

    events = [Event(event.name, _some(event.attributes, {"exception.type"}), event.timestamp) for event in span.events]
    return ReadableSpan(
        name=span.name, context=span.context, parent=span.parent, resource=span.resource,
        attributes=_some(span.attributes, TOLD), events=events, links=span.links, kind=span.kind,
        status=Status(span.status.status_code), start_time=span.start_time, end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )  # fmt: skip


def _some(attributes: Mapping[str, Any] | None, names: frozenset[str] | set[str]) -> dict[str, Any]:
    return {name: value for name, value in (attributes or {}).items() if name in names}
