"""The two addresses between this site and Google's sign-in."""

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.providers import OAuthAdapter
from accounts.services import connecting
from core.errors import Conflict
from core.problem_pages import problem_page

_callback = OAuth2CallbackView.adapter_view(OAuthAdapter)


@never_cache
@require_POST
def google_login(request: HttpRequest) -> HttpResponse:
    """Off to Google to sign in; whoever is signed in already has nothing to do there."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    try:
        return redirect(connecting.login_url(request))
    except Conflict as error:  # there is no Google client
        return problem_page(request, status=error.status, message=error.message)


@never_cache
@require_safe
def google_callback(request: HttpRequest) -> HttpResponse:
    """Back from Google, from signing in and from connecting alike."""
    response: HttpResponse = _callback(request)
    return response
