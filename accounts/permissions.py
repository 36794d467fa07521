"""What an API key may do: exactly what its scopes say."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ApiKey
from core.errors import Forbidden

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which itself imports this module


class HasScope(BasePermission):
    """Passes sessions; an API key needs the scope the view names for this method.

    A method without a scope is closed to keys, so that a forgotten one lets nobody in; likewise
    a view that does not say it `knows_tenants` is closed to keys bound to some.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        key = request.auth
        if not isinstance(key, ApiKey) or request.method not in view.allowed_methods:
            return True
        method = "GET" if request.method == "HEAD" else request.method
        needed = getattr(view, "scopes", {}).get(method)
        if needed not in key.scopes:
            lacking = _("This API key lacks the scope %s.") % needed if needed else None
            raise Forbidden(lacking, code="insufficient_scope")
        if key.tenant_ids and not getattr(view, "knows_tenants", False):
            raise Forbidden(
                _("This API key is bound to tenants, and this belongs to none."),
                code="bound_to_tenants",
            )
        return True
