"""The bell: rung in one process, heard in another, never missed and never in the way."""

import subprocess
import sys
import time

import pytest
from django.db import transaction
from django_q.models import OrmQ

from core import wakeup
from core.broker import WakingBroker
from core.queue import wake_workers


@pytest.fixture
def listener(db):
    listener = wakeup.listen()
    yield listener
    listener.close()


def heard_within(listener, seconds: float) -> bool:
    began = time.monotonic()
    wakeup.wait(listener, seconds)
    return time.monotonic() - began < seconds * 0.9


@pytest.mark.django_db(transaction=True)
def test_a_ring_ends_the_wait_of_every_listener(listener):
    other = wakeup.listen()
    wakeup.ring()
    assert heard_within(listener, 2)
    assert heard_within(other, 2)
    other.close()


@pytest.mark.django_db(transaction=True)
def test_rings_before_the_wait_are_heard_and_then_forgotten(listener):
    for _ in range(100):
        wakeup.ring()
    assert heard_within(listener, 2)
    time.sleep(0.3)  # PostgreSQL delivers them one after the other
    listener.clear()
    assert not heard_within(listener, 0.2)


@pytest.mark.django_db(transaction=True)
def test_the_socket_of_a_process_that_is_gone_is_cleared_away(listener, settings):
    if isinstance(listener, wakeup.PostgresListener):
        pytest.skip("PostgreSQL forgets its listeners by itself")
    dead = settings.RUN_DIR / "wake" / "1-dead"
    script = "import socket as s, sys; s.socket(s.AF_UNIX, s.SOCK_DGRAM).bind(sys.argv[1])"
    subprocess.run([sys.executable, "-c", script, str(dead)], check=True)
    assert dead.exists()
    wakeup.ring()
    assert not dead.exists()
    assert heard_within(listener, 2)


@pytest.mark.django_db(transaction=True)
def test_a_message_put_in_the_queue_is_taken_at_once_and_only_once(request):
    broker = WakingBroker(list_key="classroom")
    request.addfinalizer(broker.close)
    key = broker.enqueue("payload")
    began = time.monotonic()
    assert broker.dequeue() == [(key, "payload")]
    assert time.monotonic() - began < 0.5
    assert broker.dequeue() is None
    broker.acknowledge(key)
    assert OrmQ.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_for_a_change_that_was_rolled_back():
    with transaction.atomic():
        wake_workers()
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0
    wake_workers()
    assert OrmQ.objects.count() == 1
