"""The courses API: read courses anew out of Classroom, and follow that."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.requests import ApiRequest
from core import idempotency
from core.api import ApiView
from core.idempotency import Answer
from courses.api import examples
from courses.api.inputs import SyncInput, SyncQuery
from courses.api.paging import TokenPage
from courses.api.sync_answers import SyncAnswer, SyncList, SyncsStarted, sync_answer
from courses.api.views import BAD_TOKEN
from courses.selectors import courses, syncs
from courses.services import syncing


class SyncView(ApiView):
    knows_tenants = True
    scopes = {"POST": "courses:write"}
    refusals = {
        "POST": {
            404: {"not_found": "The account or the course is none of yours."},
            409: {
                "no_account": "No connected account could read them.",
                "needs_consent": "The account has to be connected again first.",
                "not_connected": "The account is not connected.",
                "missing_scope": "The account does not permit to see its courses.",
            },
            422: {"idempotency_mismatch": "The key was used for a different request."},
        }
    }

    @extend_schema(
        operation_id="sync_courses",
        request=SyncInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.SYNC_REQUEST],
        responses={202: OpenApiResponse(SyncsStarted, "Under way.", [examples.SYNCS_STARTED])},
    )
    def post(self, request: ApiRequest) -> Response:
        """Synchronise courses. They are read out of Classroom in the background.

        One synchronisation per account; where one is under way already, that is answered.
        """
        asked = self.read(SyncInput)
        course = None
        if "course_id" in asked:
            course = courses.get_course(user=request.user, course_id=asked["course_id"])
        credentials = syncs.to_sync(
            user=request.user, credential_id=asked.get("credential_id"), course=course
        )
        wanted = {"course": course, "full": asked.get("full", False)}

        def begin() -> Answer:
            started = [
                syncing.request_sync(by=request.user, credential=one, **wanted)
                for one in credentials
            ]
            answer = SyncsStarted(results=[sync_answer(sync) for sync in started])
            return Answer(status.HTTP_202_ACCEPTED, answer)

        return idempotency.answer_once(request, begin)


class SyncsView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read"}
    queries = {"GET": SyncQuery}
    refusals = BAD_TOKEN

    @extend_schema(
        operation_id="list_syncs",
        responses=OpenApiResponse(SyncList, "A page of them.", [examples.SYNCS]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List synchronisations. Of your own accounts, newest first; staff see everybody's."""
        token = {"page_token": self.query.get("page_token", "")}
        found = syncs.list_syncs(user=request.user, credential_id=self.query.get("credential_id"))
        page = TokenPage(found, name="syncs", page_size=self.query["page_size"], **token)
        return Response(page.answer([sync_answer(sync) for sync in page.results]))


class OneSyncView(ApiView):
    knows_tenants = True
    scopes = {"GET": "courses:read", "DELETE": "courses:write"}

    @extend_schema(
        operation_id="get_sync",
        responses=OpenApiResponse(SyncAnswer, "How far it is.", [examples.SYNC]),
    )
    def get(self, request: ApiRequest, sync_id: int) -> Response:
        """Follow a synchronisation. Its progress, or why it failed."""
        return Response(sync_answer(syncs.get_sync(user=request.user, sync_id=sync_id)))

    @extend_schema(
        operation_id="cancel_sync",
        responses={204: OpenApiResponse(description="It has stopped, or had ended before.")},
    )
    def delete(self, request: ApiRequest, sync_id: int) -> Response:
        """Cancel a synchronisation. What it has read so far is kept."""
        sync = syncs.get_sync(user=request.user, sync_id=sync_id)
        syncing.cancel_sync(by=request.user, sync=sync)
        return Response(status=status.HTTP_204_NO_CONTENT)
