"""People's accounts, for staff who manage them."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts import selectors
from accounts.api import people_examples as examples
from accounts.api.people_answers import (
    OnePersonAnswer,
    PersonAnswer,
    PersonList,
    person_answer,
)
from accounts.api.people_inputs import PersonChange, PersonInput, PersonPatch, PersonQuery
from accounts.api.privacy import LAST_ADMIN, OWN_ACCOUNT, ErasesSomebody
from accounts.models import User
from accounts.requests import ApiRequest
from accounts.services import editing, people, second_factor, sign_in
from core import idempotency
from core.api import ApiView, Page
from core.fields import Input
from core.idempotency import Answer
from core.shapes import moment_or_none

_PERSON = OpenApiResponse(OnePersonAnswer, "The account.", [examples.ONE_PERSON])
_NOT_THEIRS = {"own_role": "Nobody changes their own role or closes their own account."}


class PeopleView(ApiView):
    scopes = {"GET": "admin", "POST": "admin"}
    queries = {"GET": PersonQuery}
    refusals = {
        "POST": {
            409: {"conflict": "Somebody has just taken this username or e-mail."},
            422: {"idempotency_mismatch": "The key was used for a different request."},
        }
    }

    @extend_schema(
        operation_id="list_users",
        responses=OpenApiResponse(PersonList, "A page of accounts.", [examples.PEOPLE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List accounts. For staff who manage people; by username."""
        limit, offset = self.query.pop("limit"), self.query.pop("offset")
        found = selectors.list_people(user=request.user, **self.query)
        page = Page(found, limit=limit, offset=offset)
        return Response(page.answer([person_answer(one) for one in page.results]))

    @extend_schema(
        operation_id="make_account",
        request=PersonInput,
        parameters=[idempotency.PARAMETER],
        examples=[examples.PERSON_REQUEST],
        responses={201: OpenApiResponse(PersonAnswer, "Made.", [examples.PERSON])},
    )
    def post(self, request: ApiRequest) -> Response:
        """Make somebody's account. For staff who manage people."""
        given = self.read(PersonInput)

        def make_it() -> Answer:
            user = people.create_user(by=request.user, **given)
            return Answer(status.HTTP_201_CREATED, person_answer(user))

        return idempotency.answer_once(request, make_it)


class PersonView(ErasesSomebody):
    scopes = {"GET": "admin", "PUT": "admin", "PATCH": "admin", "DELETE": "admin"}
    rate = {"DELETE": "erase"}
    refusals = {
        "PUT": {403: _NOT_THEIRS},
        "PATCH": {403: _NOT_THEIRS},
        "DELETE": {409: LAST_ADMIN | OWN_ACCOUNT},
    }

    @extend_schema(operation_id="get_user", responses=_PERSON)
    def get(self, request: ApiRequest, user_id: int) -> Response:
        """Read an account. For staff who manage people."""
        return Response(_one_answer(_found(request, user_id)))

    @extend_schema(
        operation_id="replace_user",
        request=PersonChange,
        examples=[examples.PERSON_CHANGE],
        responses=_PERSON,
    )
    def put(self, request: ApiRequest, user_id: int) -> Response:
        """Change an account. For staff who manage people; roles are given by superusers."""
        person = _found(request, user_id)
        facts = self.read(PersonChange)
        return Response(_one_answer(editing.edit_user(by=request.user, user=person, **facts)))

    @extend_schema(
        operation_id="change_user",
        request=PersonPatch,
        examples=[examples.PERSON_PATCH],
        responses=_PERSON,
    )
    def patch(self, request: ApiRequest, user_id: int) -> Response:
        """Change some of an account. What is not named stays."""
        person = _found(request, user_id)
        facts = self.read(PersonPatch)
        return Response(_one_answer(editing.edit_user(by=request.user, user=person, **facts)))


class UnlockView(ApiView):
    scopes = {"POST": "admin"}

    @extend_schema(
        operation_id="unlock_user",
        request=None,
        responses=_PERSON,
    )
    def post(self, request: ApiRequest, user_id: int) -> Response:
        """Unlock an account. After too many wrong passwords; for staff who manage people."""
        person = _found(request, user_id)
        self.read(Input)
        sign_in.unlock(by=request.user, user=person)
        return Response(_one_answer(person))


def _found(request: ApiRequest, user_id: int) -> User:
    return selectors.get_person(user=request.user, user_id=user_id)


def _one_answer(user: User) -> OnePersonAnswer:
    return OnePersonAnswer(
        **person_answer(user),
        second_factor=second_factor.is_on(user),
        locked_until=moment_or_none(sign_in.locked_until(user)),
    )
