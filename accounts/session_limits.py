"""How long a browser stays signed in: 14 days without a visit, 90 days in all."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase

from accounts.account_adapter import BEGAN
from core import problems

SEEN = "seen"
NOTED_EVERY_SECONDS = 600


class SessionLimitsMiddleware:
    """Stands after AuthenticationMiddleware. A visit is noted every ten minutes, which also keeps
    the session from falling idle; sessions of machines and strangers are not looked into."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        if signed_in and not problems.is_for_machines(request):
            _look_at(request)
        return self.get_response(request)


def _look_at(request: HttpRequest) -> None:
    began = request.session.get(BEGAN)
    if began is None:
        return
    now = int(time.time())
    if now - began > settings.SESSION_LONGEST_SECONDS:
        logout(request)
    elif now - request.session.get(SEEN, began) >= NOTED_EVERY_SECONDS:
        request.session[SEEN] = now
        if request.user.is_authenticated:
            UserSession.objects.create_from_request(request)
