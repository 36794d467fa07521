"""Looks at addresses in tests, done as a worker does them, against the sandbox."""

from pathlib import Path
from typing import Any

import pytest

from core.jobs import node
from core.jobs.lane import Lane
from downloads.models import Listing
from downloads.services.listing import LISTINGS
from sandbox.playground import Sandbox

PLAYLIST = "https://www.youtube.com/playlist?list=PLanything"
CHANNEL = "https://www.youtube.com/@professora-ana"


@pytest.fixture
def outside(sandbox: Sandbox, engine_socket: Path, settings: Any) -> Sandbox:
    """The internet is the sandbox, behind a proxy, and this process is a node with children."""
    settings.OUTBOUND_PROXY = sandbox.proxy
    settings.OUTBOUND_CA_FILE = sandbox.ca_file
    settings.RETRY_BASE_SECONDS = 60
    node.start()
    node.children_socket().symlink_to(engine_socket)
    return sandbox


def look(listing: Listing) -> Listing:
    """Do what waits, one after the other, as a lane does."""
    lane = Lane(LISTINGS, holder="worker-1")
    while lane.run_next():
        pass
    listing.refresh_from_db()
    return listing
