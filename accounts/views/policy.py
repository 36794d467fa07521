"""What browsers are told on pages whose buttons lead to Google."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]


def leads_to_google(view: View[Params]) -> View[Params]:
    """Chromium holds `form-action` against the redirect that answers a form as well.

    One origin is enough: Google shows a page of its own before it leads on to a school's sign-in.
    """

    @wraps(view)
    def shown(
        request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs
    ) -> HttpResponseBase:
        parts = urlsplit(settings.GOOGLE.authorize)
        allow = csp_update({"form-action": [f"{parts.scheme}://{parts.netloc}"]})
        response: HttpResponseBase = allow(view)(request, *args, **kwargs)
        return response

    return shown
