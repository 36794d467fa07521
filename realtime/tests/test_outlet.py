"""What waits for one socket is bounded, and waits in nobody else's way."""

import asyncio
from itertools import pairwise
from time import monotonic
from typing import Any

from realtime.outlet import ROOM, Outlet
from realtime.payloads import Frame


class Client:
    """Takes what is sent; `stops` makes it stop reading."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.reads = asyncio.Event()
        self.reads.set()

    async def send(self, message) -> None:
        if message["type"] == "websocket.close":
            self.got.append(message["code"])
            return
        await self.reads.wait()
        self.got.append((monotonic(), message["text"]))

    def stops(self) -> None:
        self.reads.clear()

    @property
    def texts(self) -> list[str]:
        return [entry[1] for entry in self.got if isinstance(entry, tuple)]


def frame(name: str) -> Frame:
    made = Frame("test", {}, event_id=0)
    made.__dict__["text"] = name
    return made


async def test_every_move_is_sent_in_order():
    client = Client()
    outlet = Outlet(client.send, pause_seconds=0.1)

    for number in range(50):
        outlet.put(frame(str(number)))
    await asyncio.sleep(0.05)

    assert client.texts == [str(number) for number in range(50)]


async def test_of_progress_the_first_goes_at_once_and_then_only_the_newest():
    client = Client()
    outlet = Outlet(client.send, pause_seconds=0.1)

    for number in range(30):
        outlet.put_newest(frame(str(number)))
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.15)

    assert client.texts[0] == "0"
    assert client.texts[-1] == "29"
    assert 3 < len(client.texts) < 30
    times = [at for at, _ in client.got]
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.09


async def test_a_move_does_not_wait_for_the_pause_of_progress_and_replaces_it():
    client = Client()
    outlet = Outlet(client.send, pause_seconds=10)
    outlet.put_newest(frame("10 %"))
    await asyncio.sleep(0.02)

    outlet.put_newest(frame("99 %"))
    outlet.put_move(frame("done"))
    await asyncio.sleep(0.05)

    assert client.texts == ["10 %", "done"]


async def test_the_answer_to_a_ping_costs_no_progress():
    client = Client()
    outlet = Outlet(client.send, pause_seconds=0.05)
    outlet.put_newest(frame("10 %"))
    await asyncio.sleep(0.02)

    outlet.put_newest(frame("20 %"))
    outlet.put(frame("pong"))
    await asyncio.sleep(0.1)

    assert client.texts == ["10 %", "pong", "20 %"]


async def test_a_client_who_does_not_read_is_closed_when_its_room_is_full():
    client = Client()
    client.stops()
    outlet = Outlet(client.send, pause_seconds=0.1)

    for number in range(ROOM + 10):
        outlet.put(frame(str(number)))
        outlet.put_newest(frame("progress"))
        if number % 50 == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(0.02)

    assert client.got == [4408]
    assert len(outlet._frames) <= ROOM


async def test_progress_for_a_client_who_does_not_read_takes_no_room():
    client = Client()
    client.stops()
    outlet = Outlet(client.send, pause_seconds=0)

    for number in range(5000):
        outlet.put_newest(frame(str(number)))
        if number % 100 == 0:
            await asyncio.sleep(0)
    client.reads.set()
    await asyncio.sleep(0.05)

    assert client.texts[-1] == "4999"
    assert len(client.texts) == 2


async def test_after_closing_nothing_more_is_sent():
    client = Client()
    outlet = Outlet(client.send, pause_seconds=0)
    outlet.close(4401)
    outlet.put(frame("secret"))
    outlet.put_newest(frame("secret"))
    await asyncio.sleep(0.05)

    assert client.got == [4401]
