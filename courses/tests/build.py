"""Accounts of the sandbox's Google, and their synchronisations; rows are made by tests.make."""

from collections.abc import Sequence
from typing import Any

from accounts.google.oauth import Account, Grant
from accounts.google.scopes import Bundle, to_ask_for
from accounts.models import Credential, User
from accounts.services.grants import store_grant
from accounts.tests.build import make_credential
from core.jobs.lane import Lane
from core.models import Status
from courses.models import Sync
from courses.services.syncing import SYNCS, request_sync
from sandbox.google import Google

TEACHER = "prof@escola.example"
STUDENT = "aluna@escola.example"
CLASSROOM = (Bundle.CLASSROOM,)
WITH_DRIVE = (Bundle.CLASSROOM, Bundle.DRIVE)


def make_account(
    owner: User, google: Google, email: str = TEACHER, *, bundles: Sequence[Bundle] = CLASSROOM
) -> Credential:
    """An account of the sandbox's Google, connected by `owner`."""
    scopes = to_ask_for(bundles)
    user = google.known(email)
    return make_credential(
        owner,
        bundles=bundles,
        google_sub=user.sub,
        email=email,
        access_token=google.issue(email, scopes),
        refresh_token=google.new_refresh(email, scopes),
    )


def reconnect(credential: Credential, google: Google, bundles: Sequence[Bundle]) -> Credential:
    """Its owner has come back from Google with these permissions."""
    email, scopes = credential.email, to_ask_for(bundles)
    return store_grant(
        owner=credential.owner,
        tenant_id=credential.tenant_id,
        account=Account(credential.google_sub, email),
        grant=Grant(
            google.issue(email, scopes), google.new_refresh(email, scopes), 3600, tuple(scopes)
        ),
    )


def run_sync(sync: Sync) -> Sync:
    """What a worker does with the next synchronisation that waits; it has to be this one."""
    assert Lane(SYNCS, holder="worker-1").run_next()
    sync.refresh_from_db()
    return sync


def synchronise(credential: Credential, **wishes: Any) -> Sync:
    """Ask for one and have it done."""
    sync = request_sync(by=credential.owner, credential=credential, **wishes)
    done = run_sync(sync)
    assert done.status == Status.COMPLETED, (done.status, done.error_code, done.error_detail)
    return done
