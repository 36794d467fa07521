"""The audit trail, for staff who may read it."""

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts import selectors_audit as selectors
from accounts.api.audit_answers import (
    PAGE,
    AuditList,
    TrailPageQuery,
    TrailQuery,
    audit_answer,
)
from accounts.audit_csv import csv_response
from accounts.requests import ApiRequest
from core.api import ApiView, Page
from core.negotiation import WhateverIsAccepted


class AuditView(ApiView):
    scopes = {"GET": "admin"}
    queries = {"GET": TrailPageQuery}

    @extend_schema(
        operation_id="list_audit_entries",
        tags=["security"],
        responses=OpenApiResponse(AuditList, "A page of entries.", [PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """Read the audit trail. Who did what to which thing, when, from where and how.

        The newest first. For staff who may read it.
        """
        limit, offset = self.query.pop("limit"), self.query.pop("offset")
        found = selectors.list_entries(user=request.user, **self.query)
        page = Page(found, limit=limit, offset=offset)
        return Response(page.answer([audit_answer(one) for one in page.results]))


class AuditExportView(ApiView):
    scopes = {"GET": "admin"}
    queries = {"GET": TrailQuery}
    rate = {"GET": "export"}
    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        operation_id="export_audit_entries",
        tags=["security"],
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "A table.")},
    )
    def get(self, request: ApiRequest) -> HttpResponseBase:
        """Export the audit trail. As CSV, all that is found; the export is audited itself."""
        found = selectors.list_entries(user=request.user, **self.query)
        wanted = request.META.get("QUERY_STRING", "")
        return csv_response(by=request.user, entries=found, wanted=wanted)
