"""Every actor asks the same of one route, each as if nobody had asked before."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.test import Client

from accounts.models import User
from classroom_site.tests.permissions.rules import (
    NOT_FOUND,
    REFUSED,
    SIGN_IN,
    STRANGERS,
    Actor,
    Row,
)
from classroom_site.tests.permissions.stage import CANARY, missing
from classroom_site.tests.permissions.world import World
from classroom_site.tests.permissions.writes import changes_noted
from conftest import received

_ONCE = re.compile(r"\b(?:[0-9a-f]{32}|[0-9a-zA-Z]{64})\b")  # request ids, CSRF tokens
NOT_HERS = (*STRANGERS, Actor.NOBODY, Actor.GONE)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    changed: frozenset[str]

    @property
    def is_refusal(self) -> bool:
        return REFUSED <= self.status < 500  # a 503 has tried


def ask(client: Client, operation: str, path: str, row: Row) -> Answer:
    method = operation.partition(" ")[0]
    with changes_noted() as changes:
        got = client.generic(method, path + row.query, *_sent(row))
        text = received(got).decode(errors="replace")
    to = got.headers.get("Location", "")
    status = SIGN_IN if to.startswith("/accounts/login/?next=") else got.status_code
    return Answer(status, text, frozenset(changes.tables))


def _sent(row: Row) -> tuple[Any, str]:
    if row.body is None:
        return "", "application/json"
    if isinstance(row.body, str):
        return row.body, "application/x-www-form-urlencoded"
    return json.dumps(row.body), "application/json"


def mistakes(operation: str, row: Row, world: World) -> list[str]:
    """Where what happens is not what the table says."""
    route = operation.partition(" ")[2]
    path = world.things.path(route, row.at)
    row = replace(row, body=world.things.body(row.body))
    found = []
    for actor, wanted in row.codes.items():
        clients = world.clients_of(actor, row)
        with transaction.atomic():
            if actor is Actor.GONE:
                User.objects.filter(pk=world.ana.pk).update(is_active=False)
            for client in clients:
                answer = ask(client, operation, path, row)
                found += [f"{actor}: {one}" for one in _wrong(answer, actor, row)]
                if wanted == NOT_FOUND and actor in STRANGERS:
                    nothing = ask(client, operation, missing(route), row)
                    if _said(answer, path) != _said(nothing, missing(route)):
                        found.append(f"{actor}: can tell it from what is not there")
            transaction.set_rollback(True)
    return found


def _said(answer: Answer, path: str) -> str:
    """The answer without what differs from one to the next."""
    return f"{answer.status} {_ONCE.sub('', answer.text).replace(path, '')}"


def _wrong(answer: Answer, actor: Actor, row: Row) -> list[str]:
    found, wanted = [], row.codes[actor]
    if answer.status != wanted:
        found.append(f"{answer.status}, and the table says {wanted} {answer.text[:300]}")
    if answer.is_refusal and answer.changed:
        found.append(f"refused, and yet it changed {sorted(answer.changed)}")
    if actor in NOT_HERS and CANARY.lower() in answer.text.lower():
        found.append("saw something of Ana's")
    if (
        actor is Actor.WRONG_KEY
        and row.scope
        and answer.status == 403
        and "insufficient_scope" not in answer.text
    ):
        found.append(f"is not told which scope it lacks: {answer.text}")
    return found
