"""What every request of downloads shares."""

from django.http import HttpRequest, HttpResponseBase

from core.middleware import GetResponse
from downloads.models import gates


class GatesMiddleware:
    """Asks once for each request what keeps downloads waiting, however many rows are shown."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with gates.kept():
            return self.get_response(request)
