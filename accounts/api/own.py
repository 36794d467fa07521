"""One's own account: profile, password, sign-ins of programs."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts import selectors
from accounts.api import people_examples as examples
from accounts.api.people_answers import (
    ProfileAnswer,
    SessionAnswer,
    SessionList,
    person_answer,
    session_answer,
)
from accounts.api.people_inputs import (
    PasswordInput,
    ProfileInput,
    ProfilePatch,
    SessionQuery,
)
from accounts.api.privacy import REFUSALS_OF_ERASING, ErasesOneself
from accounts.models import ApiSession, User
from accounts.requests import ApiRequest
from accounts.services import api_sessions, own_password, second_factor
from accounts.services import profile as profiles
from core.api import ApiView, Page

_PROFILE = OpenApiResponse(ProfileAnswer, "You.", [examples.PROFILE])


class ProfileView(ErasesOneself):
    rate = {"DELETE": "erase"}
    refusals = {"DELETE": REFUSALS_OF_ERASING}

    @extend_schema(operation_id="get_profile", responses=_PROFILE)
    def get(self, request: ApiRequest) -> Response:
        """Read your own account. Who you are here, and what you may do."""
        return Response(_profile_answer(request.user))

    @extend_schema(
        operation_id="replace_profile",
        request=ProfileInput,
        examples=[examples.PROFILE_REQUEST],
        responses=_PROFILE,
    )
    def put(self, request: ApiRequest) -> Response:
        """Change your own account. The e-mail is changed on the profile page, by a link to it."""
        return self._change(request, self.read(ProfileInput))

    @extend_schema(
        operation_id="change_profile",
        request=ProfilePatch,
        examples=[examples.PROFILE_PATCH],
        responses=_PROFILE,
    )
    def patch(self, request: ApiRequest) -> Response:
        """Change some of your own account. What is not named stays."""
        return self._change(request, self.read(ProfilePatch))

    def _change(self, request: ApiRequest, given: dict[str, Any]) -> Response:
        user = request.user
        facts = {"full_name": user.full_name, "language": user.language, **given}
        return Response(_profile_answer(profiles.change_profile(by=user, **facts)))


class ChangePasswordView(ApiView):
    rate = {"POST": "sign_in"}
    refusals = {
        "POST": {
            400: {"wrong_password": "The current password is wrong."},
            409: {"no_password": "You sign in with Google; set a password on the profile page."},
            429: {"locked": "Too many wrong passwords."},
        }
    }

    @extend_schema(
        operation_id="change_password",
        request=PasswordInput,
        examples=[examples.PASSWORD],
        responses={204: OpenApiResponse(description="Changed.")},
    )
    def post(self, request: ApiRequest) -> Response:
        """Change your password. You are signed out everywhere else; API keys stay."""
        given = self.read(PasswordInput)
        session = request.auth if isinstance(request.auth, ApiSession) else None
        own_password.change_password(
            by=request.user,
            current=given["current_password"],
            new=given["new_password"],
            session=session,
        )
        if session is None:
            update_session_auth_hash(request._request, request.user)  # noqa: SLF001 - it has it
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionsView(ApiView):
    queries = {"GET": SessionQuery}

    @extend_schema(
        operation_id="list_sessions",
        responses=OpenApiResponse(SessionList, "A page of sign-ins.", [examples.SESSION_PAGE]),
    )
    def get(self, request: ApiRequest) -> Response:
        """List where you are signed in with tokens. Newest first; browsers are on the pages."""
        page = Page(selectors.list_api_sessions(user=request.user), **self.query)
        results: list[SessionAnswer] = [session_answer(one, request.auth) for one in page.results]
        return Response(page.answer(results))

    @extend_schema(
        operation_id="end_sessions",
        responses={204: OpenApiResponse(description="Ended.")},
    )
    def delete(self, request: ApiRequest) -> Response:
        """Sign out everywhere else. All sign-ins with tokens end but the one that asks."""
        asking = request.auth if isinstance(request.auth, ApiSession) else None
        api_sessions.end_all(user=request.user, but=asking, by=request.user, why="elsewhere")
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionView(ApiView):
    @extend_schema(
        operation_id="end_session",
        responses={204: OpenApiResponse(description="Ended.")},
    )
    def delete(self, request: ApiRequest, session_id: int) -> Response:
        """Sign out one program. Its tokens are good for nothing from now on."""
        api_sessions.end_one(by=request.user, session_id=session_id)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="get_session",
        responses=OpenApiResponse(SessionAnswer, "The sign-in.", [examples.SESSION]),
    )
    def get(self, request: ApiRequest, session_id: int) -> Response:
        """Read one sign-in. Of a program, with tokens."""
        session = selectors.get_api_session(user=request.user, session_id=session_id)
        return Response(session_answer(session, request.auth))


def _profile_answer(user: User) -> ProfileAnswer:
    return ProfileAnswer(
        **person_answer(user),
        second_factor=second_factor.is_on(user),
        powers=user.powers,
    )
