"""The doors of the API: an account, and tokens for a password or for a refresh token."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import people_examples as examples
from accounts.api.people_answers import (
    LoginAnswer,
    PersonAnswer,
    TokenAnswer,
    person_answer,
    token_answer,
)
from accounts.api.people_inputs import (
    LoginInput,
    LogoutInput,
    NewPersonInput,
    RefreshInput,
    RegisterInput,
    TokenInput,
)
from accounts.authentication import bearer
from accounts.models import ApiSession
from accounts.services import api_sessions, api_sign_in, signing_up
from core import circumstances, client_address
from core.api import ApiView
from core.errors import Unauthenticated
from core.form_parsing import FormParser
from core.parsing import JsonParser

SIGN_UPS_AN_HOUR = 30  # a class behind one address may sign up in one lesson

_WRONG = {
    "wrong_credentials": "The name or the password is wrong.",
    "second_factor_required": "Send the code of the app, or a recovery code, as `otp`.",
    "wrong_code": "The code is wrong or was used.",
}
_OLD = {
    "invalid_token": "It is not good, or no longer. Sign in again.",
    "token_superseded": "It was renewed seconds ago. Use the newer one.",
    "token_reused": "It was used before, so its session has been ended. Sign in again.",
}
_NOT_YET = {
    "email_not_verified": "Open the link of the e-mail first.",
    "second_factor_missing": "Staff set up a second factor on the pages first.",
}
_TOO_MANY = {
    "locked": "Too many wrong passwords. `Retry-After` says how long it is locked.",
    "too_many": "Too many of these from there. `Retry-After` says how long to wait.",
}
_CLOSED = {"signup_closed": "Only staff make accounts here, or not for this e-mail."}


class Door(ApiView):
    """For whoever has nothing to show yet. No answer is ever kept by anybody on the way."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    rate = {"POST": "sign_in"}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        answer["Pragma"] = "no-cache"
        return answer


class RegisterView(Door):
    refusals = {"POST": {403: _CLOSED, 429: {"too_many": _TOO_MANY["too_many"]}}}

    @extend_schema(
        operation_id="register",
        request=RegisterInput,
        examples=[examples.REGISTER],
        responses={201: OpenApiResponse(PersonAnswer, "Made.", [examples.PERSON])},
    )
    def post(self, request: Request) -> Response:
        """Make an account for yourself. Where the site lets people do that.

        An e-mail with a link is sent; the account can be used once it has been opened.
        """
        return _registered(self.read(RegisterInput))


class UsersView(Door):
    refusals = RegisterView.refusals

    @extend_schema(
        operation_id="make_user",
        tags=["auth"],
        request=NewPersonInput,
        examples=[examples.NEW_PERSON],
        responses={201: OpenApiResponse(PersonAnswer, "Made.", [examples.PERSON])},
    )
    def post(self, request: Request) -> Response:
        """Make an account by its e-mail. As `auth/register` does, without choosing a username."""
        return _registered(self.read(NewPersonInput))


class LoginView(Door):
    refusals = {"POST": {401: _WRONG, 403: _NOT_YET, 429: _TOO_MANY}}

    @extend_schema(
        operation_id="login",
        request=LoginInput,
        examples=[examples.LOGIN],
        responses=OpenApiResponse(LoginAnswer, "Signed in.", [examples.LOGGED_IN]),
    )
    def post(self, request: Request) -> Response:
        """Sign in. With username or e-mail, password, and the code of a second factor.

        The access token is sent with every request as `Authorization: Bearer …`; the refresh
        token is good once, for the next pair of tokens.
        """
        user, tokens = api_sign_in.sign_in_with_password(**self.read(LoginInput))
        return Response(LoginAnswer(**token_answer(tokens), user=person_answer(user)))


class TokenView(Door):
    parser_classes = (JsonParser, FormParser)
    refusals = {"POST": {401: {**_WRONG, **_OLD}, 403: _NOT_YET, 429: _TOO_MANY}}

    @extend_schema(
        operation_id="make_token",
        request=TokenInput,
        examples=examples.TOKEN_REQUESTS,
        responses=OpenApiResponse(TokenAnswer, "Signed in.", [examples.TOKENS]),
    )
    def post(self, request: Request) -> Response:
        """Get tokens as OAuth2 does. For a password or a refresh token, as JSON or a form."""
        given = self.read(TokenInput)
        if given["grant_type"] == "refresh_token":
            return _renewed(given["refresh_token"])
        wanted = {name: given[name] for name in ("login", "password", "otp") if name in given}
        _user, tokens = api_sign_in.sign_in_with_password(**wanted)
        return Response(token_answer(tokens))


@extend_schema_view(post=extend_schema(operation_id="make_security_token", tags=["auth"]))
class SecurityTokenView(TokenView):
    """The same under the name of seed 003."""


class RefreshView(Door):
    parser_classes = (JsonParser, FormParser)
    refusals = {"POST": {401: _OLD}}

    @extend_schema(
        operation_id="refresh",
        request=RefreshInput,
        examples=examples.REFRESH_REQUESTS,
        responses=OpenApiResponse(TokenAnswer, "Renewed.", [examples.TOKENS]),
    )
    def post(self, request: Request) -> Response:
        """Renew the tokens. The refresh token is used up; the answer brings the next one.

        A refresh token that comes a second time ends its whole session, for somebody else may
        have it. Within ten seconds it is only refused.
        """
        return _renewed(self.read(RefreshInput)["refresh_token"])


@extend_schema_view(post=extend_schema(operation_id="refresh_security_token", tags=["auth"]))
class SecurityRefreshView(RefreshView):
    """The same under the name of seed 003."""


class LogoutView(Door):
    refusals = {"POST": {401: {"invalid_token": "There is no good token to sign out with."}}}

    @extend_schema(
        operation_id="logout",
        request=LogoutInput,
        examples=[examples.LOGOUT],
        responses={204: OpenApiResponse(description="Signed out.")},
    )
    def post(self, request: Request) -> Response:
        """Sign out. The session of the given refresh token ends, else that of the access token.

        A refresh token that is good no longer is answered alike: it is signed out.
        """
        refresh = self.read(LogoutInput).get("refresh_token", "")
        api_sessions.end(session=None if refresh else _session_of(request), refresh=refresh)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _registered(given: dict[str, Any]) -> Response:
    address = client_address.bucket_of(circumstances.now().address)
    signing_up.limit_strangers("sign-up", address, number=SIGN_UPS_AN_HOUR)
    user = signing_up.register(**given)
    return Response(person_answer(user), status=status.HTTP_201_CREATED)


def _renewed(refresh: str) -> Response:
    return Response(token_answer(api_sessions.renew(refresh=refresh)))


def _session_of(request: Request) -> ApiSession:
    session = api_sessions.read_access(bearer(request.headers.get("Authorization", "")))
    if session is None:
        raise Unauthenticated(
            _("Send a good access token, or the refresh token in the body."), code="invalid_token"
        )
    return session
