"""The security API: how callers stand with their limits; and for staff, what happened."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts import limits
from accounts import selectors_security as selectors
from accounts.api import security_answers as told
from accounts.deeds import Deed
from accounts.requests import ApiRequest
from accounts.services import audit, blocks, rates
from core import circumstances, idempotency
from core.api import ApiView, Page
from core.errors import NotFound
from core.idempotency import Answer
from core.shapes import moment

STAFF_ONLY = {403: {"forbidden": "Only staff who look after security may."}}
_SCOPES = [*limits.ALIASES, *limits.RULES]


class RateView(ApiView):
    """Open to every key, whatever its scopes: it tells nothing but how often it may ask."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="get_rate_limit",
        parameters=[
            OpenApiParameter(
                "scope",
                {"type": "string", "enum": _SCOPES},
                OpenApiParameter.PATH,
                description="`api` is the general one for changes, `read` that for reading.",
            )
        ],
        responses=OpenApiResponse(told.RateAnswer, "How you stand.", [told.RATE]),
    )
    def get(self, request: ApiRequest, scope: str) -> Response:
        """See how you stand with a limit. To look counts as reading, and nothing else."""
        name = limits.ALIASES.get(scope, scope)
        if name not in limits.RULES:
            raise NotFound
        address = circumstances.now().address
        caller = rates.caller_of(user=request.user, auth=request.auth, address=address)
        return Response(told.rate_answer(scope, rates.look(name, caller)))


class EventsView(ApiView):
    scopes = {"GET": "admin"}
    queries = {"GET": told.EventQuery}
    refusals = {"GET": STAFF_ONLY}

    @extend_schema(
        operation_id="list_security_events",
        responses=OpenApiResponse(told.EventList, "A page of events.", [told.EVENTS]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List security events. Newest first: failed sign-ins, refusals, limits, blocks.

        One address causes at most ten entries of a kind within an hour.
        """
        limit, offset = self.query.pop("limit"), self.query.pop("offset")
        lookups = {
            "event": "action",
            "user_id": "actor_id",
            "created_after": "at__gte",
            "created_before": "at__lt",
        }
        wanted = {lookups.get(name, name): value for name, value in self.query.items()}
        found = selectors.list_events(user=request.user, **wanted)
        page = Page(found, limit=limit, offset=offset)
        return Response(page.answer([told.event_answer(one) for one in page.results]))


class StatsView(ApiView):
    scopes = {"GET": "admin"}
    refusals = {"GET": STAFF_ONLY}

    @extend_schema(
        operation_id="get_security_stats",
        responses=OpenApiResponse(told.StatsAnswer, "The figures.", [told.STATS]),
    )
    def get(self, request: ApiRequest) -> Response:
        """See the figures of the last 24 hours. What happened, and where most came from."""
        until = timezone.now()
        since = until - timedelta(days=1)
        found = selectors.figures(user=request.user, since=since, until=until)
        return Response(told.stats_answer(found))


class ReportView(ApiView):
    scopes = {"POST": "admin"}
    refusals = {"POST": STAFF_ONLY}
    rate = {"POST": "report"}

    @extend_schema(
        operation_id="make_security_report",
        request=told.SpanInput,
        examples=[told.SPAN],
        responses=OpenApiResponse(told.StatsAnswer, "The figures.", [told.STATS]),
    )
    def post(self, request: ApiRequest) -> Response:
        """Draw up a security report. The figures of any span of time within a year.

        Who drew it up is itself in the audit trail.
        """
        found = selectors.figures(user=request.user, **self.read(told.SpanInput))
        since, until = moment(found.since), moment(found.until)
        audit.record(Deed.REPORTED, by=request.user, since=since, until=until)
        return Response(told.stats_answer(found))


class BlocksView(ApiView):
    scopes = {"GET": "admin", "POST": "admin"}
    queries = {"GET": told.BlockQuery}
    refusals = {
        "GET": STAFF_ONLY,
        "POST": {
            **STAFF_ONLY,
            409: {"already_blocked": "Staff have blocked it already."},
            422: {"idempotency_mismatch": "The key was used for a different request."},
        },
    }

    @extend_schema(
        operation_id="list_blocks",
        responses=OpenApiResponse(told.BlockList, "A page of blocks.", [told.BLOCKS]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List blocked addresses. Newest first, those that are over too."""
        found = selectors.list_blocks(user=request.user)
        if "in_force" in self.query and self.query.pop("in_force"):
            found = found.in_force()
        page = Page(found, limit=self.query["limit"], offset=self.query["offset"])
        return Response(page.answer([told.block_answer(one) for one in page.results]))

    @extend_schema(
        operation_id="block_address",
        request=told.BlockInput,
        parameters=[idempotency.PARAMETER],
        examples=[told.BLOCK_REQUEST],
        responses={201: OpenApiResponse(told.BlockAnswer, "Blocked.", [told.BLOCK])},
    )
    def post(self, request: ApiRequest) -> Response:
        """Block an address. Everybody but staff gets nothing from there, within seconds."""
        given = self.read(told.BlockInput)
        minutes = given.pop("minutes", None)
        until = timezone.now() + timedelta(minutes=minutes) if minutes else None

        def make_it() -> Answer:
            block = blocks.block_address(by=request.user, until=until, **given)
            return Answer(201, told.block_answer(block))

        return idempotency.answer_once(request, make_it)


class BlockView(ApiView):
    scopes = {"GET": "admin", "DELETE": "admin"}
    refusals = {"GET": STAFF_ONLY, "DELETE": STAFF_ONLY}

    @extend_schema(
        operation_id="get_block",
        responses=OpenApiResponse(told.BlockAnswer, "The block.", [told.BLOCK]),
    )
    def get(self, request: ApiRequest, block_id: int) -> Response:
        """Read a block. Whom it stops, why and until when."""
        block = selectors.get_block(user=request.user, block_id=block_id)
        return Response(told.block_answer(block))

    @extend_schema(
        operation_id="lift_block",
        responses={204: OpenApiResponse(description="It is lifted, or was before.")},
    )
    def delete(self, request: ApiRequest, block_id: int) -> Response:
        """Lift a block. It is over within seconds, and stays in the list."""
        block = selectors.get_block(user=request.user, block_id=block_id)
        blocks.lift_block(by=request.user, block=block)
        return Response(status=204)
