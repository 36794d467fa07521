"""The cookies a person has given: add, switch off, forget."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from core.errors import Conflict, Invalid
from core.pages import done, page
from downloads.forms import CookiesForm
from downloads.selectors import cookies as selectors
from downloads.services import cookies


@page
@require_http_methods(["GET", "HEAD", "POST"])
def list_cookies(request: SignedInRequest) -> HttpResponse:
    sent = request.method == "POST"
    form = CookiesForm(request.POST, request.FILES) if sent else CookiesForm()
    if sent and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("content", "site")}
        try:
            saved = cookies.save_cookies(by=request.user, **given)
        except Invalid as error:
            form.take(error.errors)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            text = _("The cookies of %(site)s are kept.") % {"site": saved.jar.site}
            return done(request, text, to=reverse("downloads:cookies"))
    jars = selectors.own_jars(user=request.user)
    rows = [(jar, selectors.state_of(jar)) for jar in jars]
    status = 422 if form.errors else 200
    context = {"form": form, "rows": rows}
    return render(request, "downloads/cookies.html", context, status=status)


@page
@require_POST
def switch(request: SignedInRequest, jar_id: int) -> HttpResponse:
    jar = selectors.get_jar(user=request.user, jar_id=jar_id)
    cookies.change_jar(by=request.user, jar=jar, enabled="on" in request.POST)
    text = _("Downloads carry them again.") if jar.enabled else _("Downloads go without them.")
    return done(request, text, to=reverse("downloads:cookies"), level="info")


@page
@require_POST
def delete(request: SignedInRequest, jar_id: int) -> HttpResponse:
    jar = selectors.get_jar(user=request.user, jar_id=jar_id)
    cookies.remove_jar(by=request.user, jar=jar)
    text = _("The cookies of %(site)s are forgotten.") % {"site": jar.site}
    return done(request, text, to=reverse("downloads:cookies"), level="info")
