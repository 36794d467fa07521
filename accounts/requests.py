"""Requests whose user is known to be signed in, so that types can say so."""

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import ApiKey, User


class SignedInRequest(HttpRequest):
    user: User


class ApiRequest(Request):
    """`auth` is the API key the request came with; a browser's session has none."""

    user: User
    auth: ApiKey | None
