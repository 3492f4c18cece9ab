"""OpenTelemetry traces of requests, where an OTLP endpoint is set (``OTEL_EXPORTER_OTLP_ENDPOINT``); off otherwise.

Spans name routes, statuses, and the time of each stage; questions, documents and answers are not part of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Span(Protocol):
    """What a request's span is told."""

    def update_name(self, name: str) -> None:
        """Name it by the route, once that is known."""

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Note facts."""


class NoSpan:
    """Stands in where nobody collects traces."""

    def update_name(self, name: str) -> None:
        """Do nothing."""

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Do nothing."""


class Tracing:
    """Makes a span for each request and exports them in the background.

    Parameters
    ----------
    environment : mapping, optional
        ``os.environ`` by default.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        variables = os.environ if environment is None else environment
        self._provider: TracerProvider | None = None
        if any(variables.get(name) for name in ENDPOINTS):
            self._provider = provider()

    @property
    def on(self) -> bool:
        """Whether traces are collected."""
        return self._provider is not None

    @contextmanager
    def request(self, headers: Headers) -> Iterator[Span]:
        """The span of one request, a child of the caller's where its headers say so."""
        if self._provider is None:
            yield NoSpan()
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = TraceContextTextMapPropagator().extract(dict(headers))
        tracer = self._provider.get_tracer("vouch")
        with tracer.start_as_current_span("request", context=parent, kind=SpanKind.SERVER) as span:
            yield span

    def stages(self, timings_ms: Mapping[str, float]) -> None:
        """Note the time of each stage on the span in progress."""
        if self._provider is not None:
            from opentelemetry.trace import get_current_span

            get_current_span().set_attributes({f"vouch.{name}_ms": value for name, value in timings_ms.items()})

    def close(self) -> None:
        """Send what is still waiting."""
        if self._provider is not None:
            self._provider.shutdown()


def provider() -> TracerProvider:
    """Exports over HTTP in batches; the exporter reads its endpoint and headers from the environment."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    made = TracerProvider(resource=Resource.create({"service.name": "vouch"}))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made
