"""The credentials API: which Google accounts are connected, and whether they still work."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors
from accounts.api import examples
from accounts.api.answers import (
    AuthorizationAnswer,
    CredentialAnswer,
    CredentialList,
    credential_answer,
)
from accounts.api.inputs import CredentialQuery, ImportInput
from accounts.models import Credential
from accounts.requests import ApiRequest
from accounts.services import connecting, credentials
from core import idempotency
from core.api import ApiView, Page
from core.fields import Input
from core.idempotency import Answer

_NOT_CONFIGURED = {"google_not_configured": "This site has no Google client yet."}
_GOOGLE_AWAY = {"google_unreachable": "Google does not answer right now."}
_NOT_ASKED = {**_GOOGLE_AWAY, "undecipherable": "The site's encryption key has changed."}


class CredentialsView(ApiView):
    knows_tenants = True
    scopes = {"GET": "credentials:read"}
    queries = {"GET": CredentialQuery}

    @extend_schema(
        operation_id="list_credentials",
        responses=OpenApiResponse(CredentialList, "A page of accounts.", [examples.PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List Google accounts. Your own, newest first; staff see everybody's."""
        limit, offset = self.query.pop("limit"), self.query.pop("offset")
        found = selectors.list_credentials(user=request.user).filter(**self.query)
        page = Page(found, limit=limit, offset=offset)
        return Response(page.answer([credential_answer(one) for one in page.results]))


class CredentialView(ApiView):
    knows_tenants = True
    scopes = {"GET": "credentials:read", "DELETE": "credentials:write"}

    @extend_schema(
        operation_id="get_credential",
        responses=OpenApiResponse(CredentialAnswer, "The account.", examples.STATES),
    )
    def get(self, request: ApiRequest, credential_id: int) -> Response:
        """Read a Google account. Its state, and what Google lets it be used for."""
        return Response(credential_answer(_found(request, credential_id)))

    @extend_schema(
        operation_id="disconnect_credential",
        responses={204: OpenApiResponse(description="Its tokens are gone.")},
    )
    def delete(self, request: ApiRequest, credential_id: int) -> Response:
        """Disconnect a Google account. Its tokens are deleted here, its videos stay.

        Google is asked to revoke the grant too, unless the same Google account is connected
        elsewhere on this site: there it would stop working as well.
        """
        credential = _found(request, credential_id)
        credentials.disconnect_credential(by=request.user, credential=credential)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CheckView(ApiView):
    knows_tenants = True
    scopes = {"POST": "credentials:write"}
    refusals = {"POST": {503: _NOT_ASKED}}

    @extend_schema(
        operation_id="check_credential",
        request=None,
        responses=OpenApiResponse(CredentialAnswer, "How it stands now.", examples.STATES),
    )
    def post(self, request: ApiRequest, credential_id: int) -> Response:
        """Check a Google account. Google is asked whether the grant lives, and what it allows."""
        credential = _found(request, credential_id)
        self.read(Input)
        checked = credentials.check_credential(by=request.user, credential=credential)
        return Response(credential_answer(checked))


class RefreshView(ApiView):
    knows_tenants = True
    scopes = {"POST": "credentials:write"}
    refusals = {"POST": {503: _NOT_ASKED}}

    @extend_schema(
        operation_id="refresh_credential",
        request=None,
        responses=OpenApiResponse(CredentialAnswer, "How it stands now.", examples.STATES),
    )
    def post(self, request: ApiRequest, credential_id: int) -> Response:
        """Renew the access token of a Google account. It also happens by itself."""
        credential = _found(request, credential_id)
        self.read(Input)
        renewed = credentials.refresh_credential(by=request.user, credential=credential)
        return Response(credential_answer(renewed))


class ImportView(ApiView):
    knows_tenants = True
    scopes = {"POST": "credentials:write"}
    refusals = {
        "POST": {
            400: {
                "refresh_token_refused": "Google does not take this refresh token.",
                "foreign_client": "It was issued to another Google client than this site's.",
            },
            409: _NOT_CONFIGURED,
            422: {"idempotency_mismatch": "The key was used for a different request."},
            503: _GOOGLE_AWAY,
        }
    }

    @extend_schema(
        operation_id="import_credential",
        request=ImportInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.IMPORT],
        responses={201: OpenApiResponse(CredentialAnswer, "Connected.", [examples.CREDENTIAL])},
    )
    def post(self, request: ApiRequest) -> Response:
        """Connect a Google account by its refresh token. Whose it is, Google says.

        The token must have been issued to this site's own Google client. Importing the same
        account for the same tenant again replaces its token.
        """
        given = {"tenant_id": "", **self.read(ImportInput)}
        found = None
        if not idempotency.is_known(request):
            found = credentials.ask_about_token(by=request.user, **given)

        def import_it() -> Answer:
            credential = credentials.import_refresh_token(by=request.user, found=found, **given)
            return Answer(status.HTTP_201_CREATED, credential_answer(credential))

        return idempotency.answer_once(request, import_it)


class GoogleLoginView(ApiView):
    """For whoever has no session yet; the state is kept in the one it begins."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    refusals = {"GET": {409: _NOT_CONFIGURED}}

    @extend_schema(
        operation_id="google_login",
        tags=["auth"],
        responses=OpenApiResponse(
            AuthorizationAnswer, "Where to go on.", [examples.AUTHORIZATION]
        ),
    )
    def get(self, request: Request) -> Response:
        """Sign in with Google. The address is for the browser that asked for it.

        The answer sets a session cookie; Google leads back to this site, which signs in whoever
        has an account here under that Google account.
        """
        address = connecting.login_url(request._request)  # noqa: SLF001 - it has the session
        return Response(AuthorizationAnswer(authorization_url=address))


def _found(request: ApiRequest, credential_id: int) -> Credential:
    return selectors.get_credential(user=request.user, credential_id=credential_id)
