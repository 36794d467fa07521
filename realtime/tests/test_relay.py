"""The channel layer without a broker, between processes."""

import asyncio
import stat
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest
from channels.exceptions import MessageTooLarge

from realtime.relay import LocalSocketChannelLayer

SENDER = """
import asyncio, sys
from realtime.relay import LocalSocketChannelLayer
async def main():
    layer = LocalSocketChannelLayer(sys.argv[1])
    for number in range(500):
        await layer.group_send("live", {"number": number, "filling": "x" * int(sys.argv[2])})
asyncio.run(main())
"""


STUCK = """
import socket, sys, time
inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
inbox.bind(sys.argv[1])
print(flush=True)
time.sleep(60)
"""


def said(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return bytes(process.stdout.readline())


@pytest.fixture
def folder(settings) -> Path:
    return Path(settings.RUN_DIR) / "live"


@pytest.fixture
async def listener(folder):
    """Make a layer with one channel, which is closed when the test ends."""
    made: list[tuple[LocalSocketChannelLayer, str]] = []

    async def listen(*groups: str, **options) -> tuple[LocalSocketChannelLayer, str]:
        layer = LocalSocketChannelLayer(folder, **options)
        made.append((layer, await layer.new_channel()))
        for group in groups:
            await layer.group_add(group, made[-1][1])
        return made[-1]

    yield listen
    for layer, channel in made:
        if channel in layer._inboxes:
            await give_up(layer, channel)


async def give_up(layer: LocalSocketChannelLayer, channel: str) -> None:
    while layer._inboxes[channel]._letters:
        await layer.receive(channel)
    waiting = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def take(layer, channel, number: int) -> list[dict[str, int]]:
    async with asyncio.timeout(10):
        return [await layer.receive(channel) for _ in range(number)]


@pytest.mark.parametrize("filling", [100, 20_000])
async def test_a_burst_from_another_process_arrives_whole_and_in_order(folder, listener, filling):
    listeners = [await listener("live") for _ in range(2)]

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SENDER, str(folder), str(filling), cwd=Path(__file__).parents[2]
    )
    for layer, channel in listeners:
        letters = await take(layer, channel, 500)
        assert [letter["number"] for letter in letters] == list(range(500))
    assert await process.wait() == 0


async def test_a_message_reaches_the_members_of_its_group_alone(folder, listener):
    members = [await listener("live"), await listener("live", "other")]
    stranger, strange = await listener("other")
    sender = LocalSocketChannelLayer(folder)

    await sender.group_send("live", {"n": 1})
    await sender.group_send("other", {"n": 2})

    assert [await layer.receive(channel) for layer, channel in members] == [{"n": 1}] * 2
    assert await stranger.receive(strange) == {"n": 2}

    await stranger.group_discard("other", strange)
    await sender.group_send("other", {"n": 3})
    await sender.send(strange, {"n": 4})
    assert await stranger.receive(strange) == {"n": 4}


async def test_the_socket_of_a_process_that_was_killed_is_cleared_away(folder, listener):
    waits = "    await layer.new_channel(); print(flush=True); await asyncio.sleep(60)"
    code = SENDER.replace("    for number", f"{waits}\n    for number")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder), "1"],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        said(process)
        assert len(list(folder.iterdir())) == 1
        process.kill()

    layer, channel = await listener("live")
    await layer.group_send("live", {"n": 1})

    assert await layer.receive(channel) == {"n": 1}
    assert [path.name for path in folder.iterdir()] == [channel]


async def test_a_reader_that_stands_still_holds_the_others_up_only_once(folder, listener):
    folder.mkdir()
    stuck = subprocess.Popen(
        [sys.executable, "-c", STUCK, str(folder / "live.stuck")], stdout=subprocess.PIPE
    )
    with stuck:
        said(stuck)
        layer, channel = await listener("live")
        began = monotonic()
        for number in range(200):
            await layer.group_send("live", {"number": number, "filling": "x" * 50_000})
        took = monotonic() - began
        letters = await take(layer, channel, 200)
        stuck.kill()

    assert [letter["number"] for letter in letters] == list(range(200))
    assert took < 2


async def test_what_no_datagram_holds_is_refused_and_says_so(folder, listener):
    layer, channel = await listener("live")

    with pytest.raises(MessageTooLarge, match="131072"):
        await layer.group_send("live", {"text": "x" * 131_072})
    await layer.group_send("live", {"text": "x" * 120_000})

    assert await layer.receive(channel) == {"text": "x" * 120_000}


async def test_a_full_inbox_drops_the_oldest(folder, listener):
    layer, channel = await listener("live", capacity=5)
    for number in range(9):
        await layer.group_send("live", {"n": number})
        await asyncio.sleep(0.01)

    assert [letter["n"] for letter in await take(layer, channel, 5)] == [4, 5, 6, 7, 8]


async def test_giving_up_waiting_closes_the_channel(folder, listener):
    layer, channel = await listener("live")

    await give_up(layer, channel)

    assert list(folder.iterdir()) == []
    await layer.group_send("live", {"n": 1})


async def test_nobody_else_on_the_host_can_join(folder, listener):
    await listener("live")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
