"""A person's data: taken out, erased, handed over to somebody else."""

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts import selectors
from accounts.api import privacy_answers as answers
from accounts.api.privacy_answers import (
    ErasureAnswer,
    ErasureList,
    ErasureQuery,
    HandOverAnswer,
    HandOverInput,
    ProofInput,
    erasure_answer,
)
from accounts.exports import export_response
from accounts.requests import ApiRequest
from accounts.services import privacy
from core.api import ApiView, Page
from core.negotiation import WhateverIsAccepted

LAST_ADMIN = {"last_admin": "Nobody could manage this site any more."}
OWN_ACCOUNT = {"own_account": "Your own account is erased with your password."}
REFUSALS_OF_ERASING = {
    400: {
        "wrong_password": "This is not your password.",
        "not_confirmed": "Type ERASE to confirm.",
    },
    409: LAST_ADMIN,
    429: {"locked": "Too many wrong passwords."},
}
_ZIP = {(200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY, "JSON files in a ZIP.")}
_ERASING = OpenApiResponse(ErasureAnswer, "Closed; the rest goes.", [answers.BEGUN])


class OwnExportView(ApiView):
    """Not for API keys, whose scopes allow less than this tells."""

    rate = {"GET": "export"}
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(operation_id="export_profile", tags=["privacy"], responses=_ZIP)
    def get(self, request: ApiRequest) -> HttpResponseBase:
        """Get all that is held of you. JSON files in a ZIP, made while it is sent; no secrets."""
        return export_response(by=request.user, user=request.user)


class ExportView(ApiView):
    scopes = {"GET": "admin"}
    rate = {"GET": "export"}
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(operation_id="export_user", tags=["privacy"], responses=_ZIP)
    def get(self, request: ApiRequest, user_id: int) -> HttpResponseBase:
        """Get all that is held of somebody. For staff who manage people; it is audited."""
        person = selectors.get_person(user=request.user, user_id=user_id)
        return export_response(by=request.user, user=person)


class ErasesOneself(ApiView):
    """The DELETE of one's own profile. Not for API keys."""

    body_of_delete = ProofInput

    @extend_schema(
        operation_id="erase_profile",
        tags=["privacy"],
        request=ProofInput,
        examples=[answers.PROOF],
        responses={202: _ERASING},
    )
    def delete(self, request: ApiRequest) -> Response:
        """Erase your account. You are signed out everywhere at once, and it is never back.

        What was being downloaded is cancelled, Google is told to take its permissions back, and
        everything of yours is removed in the background: files, rows, names.
        """
        given = self.read(ProofInput)
        erasure = privacy.erase_oneself(by=request.user, password=given["password"])
        request._request.session.flush()  # noqa: SLF001 - there is nobody to sign out any more
        return Response(erasure_answer(erasure), status=status.HTTP_202_ACCEPTED)


class ErasesSomebody(ApiView):
    """The DELETE of an account."""

    @extend_schema(
        operation_id="erase_user",
        tags=["privacy"],
        responses={202: _ERASING},
    )
    def delete(self, request: ApiRequest, user_id: int) -> Response:
        """Erase somebody's account. For staff who manage people; hand over first what is needed.

        It is closed at once; its files, rows and names are removed in the background.
        """
        person = selectors.get_person(user=request.user, user_id=user_id)
        erasure = privacy.erase(by=request.user, user=person)
        return Response(erasure_answer(erasure), status=status.HTTP_202_ACCEPTED)


class HandOverView(ApiView):
    scopes = {"POST": "admin"}
    rate = {"POST": "hand_over"}
    refusals = {"POST": {400: {"account_closed": "The other account is closed."}}}

    @extend_schema(
        operation_id="hand_over",
        tags=["privacy"],
        request=HandOverInput,
        examples=[answers.RECEIVER],
        responses=OpenApiResponse(HandOverAnswer, "What moved.", [answers.HANDED_OVER]),
    )
    def post(self, request: ApiRequest, user_id: int) -> Response:
        """Hand somebody's things to another person. For staff who manage people.

        Google accounts with their courses, downloads, batches, subscriptions, videos, materials
        and cookies. What is running goes on. What the other has already stays where it is.
        """
        person = selectors.get_person(user=request.user, user_id=user_id)
        given = self.read(HandOverInput)
        receiver = selectors.get_person(user=request.user, user_id=given["to"])
        return Response(privacy.hand_over(by=request.user, user=person, to=receiver))


class ErasuresView(ApiView):
    scopes = {"GET": "admin"}
    queries = {"GET": ErasureQuery}

    @extend_schema(
        operation_id="list_erasures",
        tags=["privacy"],
        responses=OpenApiResponse(ErasureList, "A page of erasures.", [answers.ERASURES]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List erased accounts. Newest first; for staff who manage people."""
        limit, offset = self.query.pop("limit"), self.query.pop("offset")
        found = selectors.list_erasures(user=request.user).filter(**self.query)
        page = Page(found, limit=limit, offset=offset)
        return Response(page.answer([erasure_answer(one) for one in page.results]))


class ErasureView(ApiView):
    scopes = {"GET": "admin"}

    @extend_schema(
        operation_id="get_erasure",
        tags=["privacy"],
        responses=OpenApiResponse(ErasureAnswer, "The erasure.", answers.STATES),
    )
    def get(self, request: ApiRequest, erasure_id: int) -> Response:
        """Read one erasure. How far it is; nothing in it says who it was once it is done."""
        found = selectors.get_erasure(user=request.user, erasure_id=erasure_id)
        return Response(erasure_answer(found))
