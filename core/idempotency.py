"""A request sent twice under one Idempotency-Key is done once and answered alike."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from core import crypto
from core.errors import ExpectedError, Invalid
from core.models import IdempotencyKey

KEPT = timedelta(hours=24)

KEY_PATTERN = "^[!-~]{1,255}$"

# How the API description names it.
PARAMETER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": KEY_PATTERN, "example": "lesson-2026-11-20"},
    OpenApiParameter.HEADER,
    description="Any text without spaces. The same request sent again under the same key within "
    "a day is not done again; its first answer is repeated.",
)


class KeyReused(ExpectedError):
    """The key stands for another request already."""

    status = 422
    code = "idempotency_mismatch"
    message = _("This Idempotency-Key was used for a different request.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers; `body` is plain JSON, so that it can be kept.

    One that is `secret` is kept encrypted.
    """

    status: int
    body: Any
    secret: bool = False


def answer_once(request: Request, work: Callable[[], Answer]) -> Response:
    """Do `work`, or give the answer it has already given to this user under this key.

    The key, the work and its answer are committed together: of requests sent at the same time
    the others wait at the unique key and then find the answer. A refusal leaves no trace, so
    that the request can be repeated.

    :raises Invalid: the key is none
    :raises KeyReused: the key stands for another request
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        answer = work()
        return Response(answer.body, status=answer.status)
    if not re.fullmatch(KEY_PATTERN, key):
        raise Invalid(
            _("An Idempotency-Key has 1 to 255 visible ASCII characters."),
            code="invalid_idempotency_key",
        )
    with transaction.atomic():
        kept = _kept(request, key)
        replayed = kept.status is not None
        if not replayed:
            answer = work()
            kept.status, kept.body = answer.status, _closed(answer)
            kept.save(update_fields=["status", "body"])
    headers = {"Idempotency-Replayed": "true"} if replayed else None
    return Response(_opened(kept.body), status=kept.status, headers=headers)


def is_known(request: Request) -> bool:
    """Whether `answer_once` will repeat an answer, or refuse the key."""
    key = request.headers.get("Idempotency-Key")
    own = IdempotencyKey.objects.filter(owner_id=request.user.pk, key=key)
    return bool(key) and own.exists()


def _kept(request: Request, key: str) -> IdempotencyKey:
    digest = _digest(request)
    own = IdempotencyKey.objects.filter(owner_id=request.user.pk)
    own.filter(created_at__lt=timezone.now() - KEPT).delete()
    kept, _made = own.get_or_create(
        key=key, defaults={"owner_id": request.user.pk, "request_digest": digest}
    )
    if kept.request_digest != digest:
        raise KeyReused
    return kept


def _closed(answer: Answer) -> Any:
    return crypto.encrypt(json.dumps(answer.body)) if answer.secret else answer.body


def _opened(body: Any) -> Any:
    """:raises KeyReused: a day is not over, but the key of encryption has been taken away"""
    if not isinstance(body, str):
        return body
    try:
        return json.loads(crypto.decrypt(body))
    except crypto.Undecipherable:
        raise KeyReused from None


def _digest(request: Request) -> str:
    """The same for requests that ask for the same; of a password in one it betrays nothing."""
    asked = [request.method, request.path, request.query_params.dict(), request.data]
    text = json.dumps(asked, sort_keys=True)
    return salted_hmac("core.idempotency", text, algorithm="sha256").hexdigest()
