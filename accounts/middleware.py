"""What a request passes on account of who asks: their language, and their limits."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from accounts import limits, throttles
from accounts.models import User
from accounts.services import blocks
from core import circumstances, pages, problems
from core.errors import ExpectedError


class LanguageMiddleware:
    """Stands after LocaleMiddleware, which chose by cookie and browser, and after sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if problems.is_for_machines(request):
            return self.get_response(request)
        language = request.user.language if request.user.is_authenticated else ""
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class LimitsMiddleware:
    """Limits for pages; and for the API what happens before an endpoint knows who asks.

    Endpoints count by themselves (`accounts.throttles`). What never came so far, because the key
    was wrong or there is no such address, counts here for the stranger's address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if problems.is_for_machines(request):
            return self.get_response(request)
        if problems.is_api(request):
            return self._api(request)
        try:
            _admit_to_page(request)
        except ExpectedError as refusal:
            return pages.refused(request, refusal)
        return self.get_response(request)

    def _api(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not hasattr(request, "is_counted"):
            try:
                throttles.admit(request, name=limits.general(request.method or ""), user=None)
            except ExpectedError as refusal:
                response = problems.response_to(refusal)
        throttles.tell(request, response)
        _note_refusal(request, response)
        return response


def _admit_to_page(request: HttpRequest) -> None:
    """Looking at pages is not counted; who may not look at all is refused."""
    user = request.user if blocks.any_by_staff() else None
    if request.method not in limits.SAFE_METHODS:
        user = request.user
        name = limits.WRITE if user.is_authenticated else limits.SIGN_IN
        throttles.admit(request, name=name, user=user if isinstance(user, User) else None)
    elif user is not None:
        address = circumstances.now().address
        staff = isinstance(user, User) and user.is_staff
        blocks.refuse_blocked(address=address, is_stranger=False, is_staff=staff)


def _note_refusal(request: HttpRequest, response: HttpResponseBase) -> None:
    """A stranger's mistakes add up; to ask without any key is none."""
    status = response.status_code
    wrong = status in {403, 404, 429} or (status == 401 and "Authorization" in request.headers)
    if wrong and request.is_stranger and request.verdict is not None:  # type: ignore[attr-defined]
        address = circumstances.now().address
        blocks.note_refusal(address=address, status=status, path=request.path_info)
