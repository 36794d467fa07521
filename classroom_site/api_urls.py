# mypy: disallow-untyped-calls=false
"""Every address of the API and of its documentation."""

from functools import cache
from typing import Any

from csp.decorators import csp_update
from django.urls import include, path, re_path
from django.utils.decorators import method_decorator
from django.utils.translation import override
from django.views.generic import RedirectView
from drf_spectacular import renderers, views
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import not_found

# Both pages draw themselves with inline styles; their scripts are files of ours.
drawn_by_script = csp_update({"style-src": ["'unsafe-inline'"], "worker-src": ["'self'", "blob:"]})


class OnceGenerator(SchemaGenerator):
    """The document is the same for everybody, and takes half a second to make."""

    def get_schema(self, request: Request | None = None, public: bool = False) -> Any:
        return _document()


@cache
def _document() -> dict[str, Any]:
    with override("en"):
        document: dict[str, Any] = SchemaGenerator().get_schema(public=True)
        return document


class SchemaView(views.SpectacularAPIView):
    """The OpenAPI document, as JSON or where asked for as YAML; in English for everybody."""

    generator_class = OnceGenerator
    renderer_classes = [renderers.OpenApiJsonRenderer2, renderers.OpenApiYamlRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        with override("en"):
            response: Response = self._get_schema_response(request)
            return response


@method_decorator(drawn_by_script, name="dispatch")
class SwaggerView(views.SpectacularSwaggerSplitView):
    url_name = "schema"


@method_decorator(drawn_by_script, name="dispatch")
class RedocView(views.SpectacularRedocView):
    url_name = "schema"
    template_name = "api/redoc.html"


urlpatterns = [
    path("api/v1/", include("downloads.api.urls")),
    path("api/v1/", include("library.api.urls")),
    path("api/v1/", include("courses.api.urls")),
    path("api/v1/", include("accounts.api.urls")),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", SwaggerView.as_view(), name="api-docs"),
    path("api/redoc", RedocView.as_view(), name="api-redoc"),
    path("docs", RedirectView.as_view(pattern_name="api-docs")),
    path("redoc", RedirectView.as_view(pattern_name="api-redoc")),
    path("", include("monitoring.urls")),
    re_path(r"^api(?:/|\Z)", not_found),
]
