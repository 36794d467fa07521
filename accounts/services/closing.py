"""Ending every way in which a person is signed in. Live pages notice within seconds."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.services import api_sessions


@transaction.atomic
def end_everything(*, user: User, why: str, keys: bool = False) -> None:
    """Browsers and programs are signed out at once; with `keys` the API keys are revoked too.

    A closed account opens nothing anyway; this is for the day on which it is opened again.
    """
    end_browser_sessions(user_id=user.pk)
    api_sessions.end_all(user=user, why=why)
    if keys:
        ApiKey.objects.filter(owner=user, revoked_at=None).update(revoked_at=timezone.now())


def end_browser_sessions(*, user_id: int, but: str = "") -> None:
    """All of them but the one with the key `but`: also those that stand in no list, of before
    there was one. Lists leave only strangers' sessions to be looked into.
    """
    known = UserSession.objects.filter(user=user_id).exclude(session_key=but)
    Session.objects.filter(pk__in=known.values("session_key")).delete()
    known.delete()
    listed = UserSession.objects.values("session_key")
    unlisted = Session.objects.exclude(pk__in=listed).exclude(pk=but)
    theirs = [one.pk for one in unlisted.iterator(chunk_size=200) if _is_session_of(user_id, one)]
    Session.objects.filter(pk__in=theirs).delete()


def _is_session_of(user_id: int, session: Session) -> bool:
    return bool(session.get_decoded().get(SESSION_KEY) == str(user_id))
