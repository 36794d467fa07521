"""Counts and times every request, by the name of its view."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django_prometheus.middleware import PrometheusAfterMiddleware


class MetricsMiddleware(PrometheusAfterMiddleware):  # type: ignore[misc]
    """A method nobody knows is one label like any other: else each would be kept for ever."""

    def label_metric(
        self,
        metric: Any,
        request: HttpRequest,
        response: HttpResponseBase | None = None,
        **labels: str,
    ) -> Any:
        if "method" in labels:
            labels["method"] = self._method(request)
        return super().label_metric(metric, request, response, **labels)
