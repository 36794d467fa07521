"""The language a person has chosen wins over the browser's."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

# They answer while the database is away, so nobody may ask it who is signed in.
_FOR_MACHINES = re.compile(r"/(health|metrics)(/|\Z)")


class LanguageMiddleware:
    """Stands after LocaleMiddleware, which chose by cookie and browser, and after sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _FOR_MACHINES.match(request.path_info):
            return self.get_response(request)
        language = request.user.language if request.user.is_authenticated else ""
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
