"""What every answer carries on its way out: policies for browsers, fewer bytes, or none at all."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_vary_headers

from core import problems
from core.middleware import GetResponse

# What our pages do not use, no script in them may use either.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation"),
        *("gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb"),
    )
)
_COMPRESSED = ("application/json", problems.CONTENT_TYPE, "text/html", "application/vnd.oai")


class PoliciesMiddleware:
    """Outermost, so that files and failures carry them too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response


class CompressionMiddleware(GZipMiddleware):
    """JSON and HTML only: films do not get smaller, and a stream would not flow any more."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if response.streaming or not kind.startswith(_COMPRESSED):
            return response
        return super().process_response(request, response)


class RevalidationMiddleware(ConditionalGetMiddleware):
    """Answers of the API may be kept by whoever asked, and used again when we say so.

    Who sends back the ETag is spared the body. Pages are not kept at all (core.pages).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        plain = isinstance(response, HttpResponse) and not response.streaming
        if not plain or not problems.is_api(request):
            return response
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if response.status_code != 200 or "no-store" in response["Cache-Control"]:
            return response
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return super().process_response(request, response)
