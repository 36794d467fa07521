"""What an API key may do: exactly what its scopes say."""

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import ApiKey
from core.api import ApiView, method_of
from core.errors import Forbidden


class HasScope(BasePermission):
    """Passes sessions; an API key needs the scope the view names for this method.

    A method without a scope is closed to keys, so that a forgotten one lets nobody in.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey) or request.method not in view.allowed_methods:
            return True
        needed = view.scopes.get(method_of(request)) if isinstance(view, ApiView) else None
        if needed in key.scopes:
            return True
        raise Forbidden(
            _("This API key lacks the scope %s.") % needed if needed else None,
            code="insufficient_scope",
        )
