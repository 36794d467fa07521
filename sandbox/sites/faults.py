"""The ways in which the hostile origin misbehaves, by name (`FAULTS`), and the statuses.

Each takes the request, the video it should have sent, and which GET of this address it is.
"""

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus

from sandbox.bodies import BLOCK, Body, BytesBody
from sandbox.exchange import Exchange

Fault = Callable[[Exchange, Body, int], None]

VIDEO = "video/mp4"
CHANGED = "changed"
FIVE_TERABYTES = 5 * 10**12
LOGIN_PAGE = "<!doctype html><html><head><title>Sign in</title></head><body>Please.</body></html>"

_FOR_EVER_SECONDS = 600.0
# Endless bodies are paced: they try the client's limits, not the machine's.
_ENDLESS_RATE = 50 << 20
_ONCE = re.compile(r"once(\d{3})")


def find(name: str) -> Fault | None:
    """`404`, `once503`, or a name of `FAULTS`."""
    if re.fullmatch(r"[45]\d\d", name):
        return partial(_status, code=int(name))
    if once := _ONCE.fullmatch(name):
        return partial(_once, code=int(once[1]))
    return FAULTS.get(name)


def _number(exchange: Exchange, name: str, default: float) -> float:
    return float(exchange.query.get(name, default))


def _head(exchange: Exchange, length: int | None, content_type: str = VIDEO) -> None:
    """A head as the fault wants it: no ranges, no tags, and the connection ends with the body."""
    exchange.hang_up()
    size = {} if length is None else {"Content-Length": str(length)}
    exchange.begin(HTTPStatus.OK, {"Content-Type": content_type, "Connection": "close", **size})


def _send_part(exchange: Exchange, body: Body, count: int) -> None:
    exchange.stream(body.blocks(0, count), exchange.asked_rate())


def _zeros() -> Iterator[memoryview]:
    block = memoryview(bytes(BLOCK // 16))
    while True:
        yield block


def _flood(exchange: Exchange) -> None:
    exchange.stream(_zeros(), exchange.asked_rate() or _ENDLESS_RATE)


# Statuses


def _status(exchange: Exchange, body: Body, count: int, code: int) -> None:
    """`?after=` seconds in Retry-After (7 unless told), for 429 and 503."""
    waits = code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    headers = {"Retry-After": exchange.query.get("after", "7")} if waits else {}
    exchange.text("refused", code, "text/plain", headers)


def _once(exchange: Exchange, body: Body, count: int, code: int) -> None:
    """Fails `?times=` GETs (1) from number `?at=` on (1), then works.

    An extractor looks first and fetches with the second GET: `?at=2` lets it look.
    """
    at, times = _number(exchange, "at", 1), _number(exchange, "times", 1)
    if at <= count < at + times:
        _status(exchange, body, count, code)
    else:
        exchange.send(body, VIDEO, rate=exchange.asked_rate())


# Slow and silent


def _slow(exchange: Exchange, body: Body, count: int) -> None:
    """`?rate=` bytes a second (20000)."""
    exchange.send(body, VIDEO, rate=exchange.asked_rate() or 20_000)


def _drip(exchange: Exchange, body: Body, count: int) -> None:
    """One byte every 100 ms."""
    exchange.send(body, VIDEO, rate=10)


def _stall(exchange: Exchange, body: Body, count: int) -> None:
    """`?bytes=` (half of it), then nothing for `?seconds=` (600)."""
    _head(exchange, body.size)
    _send_part(exchange, body, int(_number(exchange, "bytes", body.size // 2)))
    exchange.pause(_number(exchange, "seconds", _FOR_EVER_SECONDS))


def _noanswer(exchange: Exchange, body: Body, count: int) -> None:
    """Not even a head for `?seconds=` (600)."""
    exchange.hang_up()
    exchange.pause(_number(exchange, "seconds", _FOR_EVER_SECONDS))


# Cut short, and lengths that lie


def cut_number(exchange: Exchange) -> int:
    """Which GET is cut: the second, as an extractor looks before it fetches."""
    return int(_number(exchange, "at", 2))


def _cut_at(exchange: Exchange, body: Body) -> int:
    return int(body.size * _number(exchange, "part", 0.5))


def _drop(exchange: Exchange, body: Body, count: int) -> None:
    """Closed after `?part=` (0.5) of the body, every time; no ranges."""
    _head(exchange, body.size)
    _send_part(exchange, body, _cut_at(exchange, body))


def _reset(exchange: Exchange, body: Body, count: int) -> None:
    """As drop, with a TCP reset in place of an end."""
    _drop(exchange, body, count)
    exchange.reset()


def _droponce(exchange: Exchange, body: Body, count: int) -> None:
    """GET number `?at=` (2) is closed at `?part=`; others work, with ranges unless `?ranges=0`."""
    if count == cut_number(exchange):
        headers = {"Content-Length": str(body.size), "Accept-Ranges": "bytes", "ETag": body.etag}
        exchange.hang_up()
        exchange.begin(HTTPStatus.OK, {"Content-Type": VIDEO, **headers})
        _send_part(exchange, body, _cut_at(exchange, body))
    elif exchange.query.get("ranges") == "0":
        _head(exchange, body.size)
        _send_part(exchange, body, body.size)
    else:
        exchange.send(body, VIDEO, rate=exchange.asked_rate())


def _lenbig(exchange: Exchange, body: Body, count: int) -> None:
    """Announces 1000 bytes more than it sends."""
    _head(exchange, body.size + 1000)
    _send_part(exchange, body, body.size)


def _lensmall(exchange: Exchange, body: Body, count: int) -> None:
    """Announces half of what it sends."""
    _head(exchange, body.size // 2)
    _send_part(exchange, body, body.size)


def _nolen(exchange: Exchange, body: Body, count: int) -> None:
    """The whole video, no length announced."""
    _head(exchange, None)
    _send_part(exchange, body, body.size)


def _huge(exchange: Exchange, body: Body, count: int) -> None:
    """Announces 5 TB, and starts sending them."""
    _head(exchange, FIVE_TERABYTES)
    _flood(exchange)


# Without end


def _endless(exchange: Exchange, body: Body, count: int) -> None:
    """A video, then zeros for ever, no length announced."""
    _head(exchange, None)
    _send_part(exchange, body, body.size)
    _flood(exchange)


def _endlesspage(exchange: Exchange, body: Body, count: int) -> None:
    """A web page that never ends."""
    _head(exchange, None, "text/html")
    exchange.write(b"<!doctype html><html><body>")
    _flood(exchange)


def _endlesschunked(exchange: Exchange, body: Body, count: int) -> None:
    """As endless, in chunks."""
    exchange.hang_up()
    exchange.begin(HTTPStatus.OK, {"Content-Type": VIDEO, "Transfer-Encoding": "chunked"})
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    exchange.stream((memoryview(chunk) for _ in _zeros()), _ENDLESS_RATE)


# Not a video


def _garbage(exchange: Exchange, body: Body, count: int) -> None:
    """Noise that says it is a video."""
    exchange.send(BytesBody(os.urandom(200_000)), VIDEO)


def _fixed(content: str, content_type: str) -> Fault:
    def answer(exchange: Exchange, body: Body, count: int) -> None:
        exchange.text(content, content_type=content_type)

    return answer


def _text(exchange: Exchange, body: Body, count: int) -> None:
    r"""`?body=` (`\n` for a new line) as `?type=`: playlists, manifests, any page."""
    content_type = exchange.query.get("type", "application/vnd.apple.mpegurl")
    exchange.text(exchange.query["body"].replace("\\n", "\n"), content_type=content_type)


# Elsewhere


def _redir(exchange: Exchange, body: Body, count: int) -> None:
    """To `?to=`, with `?status=` (302)."""
    exchange.redirect(exchange.query["to"], int(_number(exchange, "status", 302)))


def _refresh(exchange: Exchange, body: Body, count: int) -> None:
    """A page that sends on to `?to=` by header and by meta element."""
    target = exchange.query["to"]
    page = f'<html><head><meta http-equiv="refresh" content="0;url={target}"></head></html>'
    exchange.text(page, headers={"Refresh": f"0;url={target}"})


def _loop(exchange: Exchange, body: Body, count: int) -> None:
    """To itself."""
    exchange.redirect(exchange.url)


FAULTS: dict[str, Fault] = {
    "slow": _slow,
    "drip": _drip,
    "stall": _stall,
    "noanswer": _noanswer,
    "drop": _drop,
    "reset": _reset,
    "droponce": _droponce,
    "lenbig": _lenbig,
    "lensmall": _lensmall,
    "nolen": _nolen,
    "huge": _huge,
    "endless": _endless,
    "endlesspage": _endlesspage,
    "endlesschunked": _endlesschunked,
    "html": _fixed(LOGIN_PAGE, "text/html"),
    "htmlasmp4": _fixed(LOGIN_PAGE, VIDEO),
    "jsonasmp4": _fixed('{"error": {"code": 403, "message": "sign in"}}', VIDEO),
    "empty": _fixed("", VIDEO),
    "garbage": _garbage,
    # As droponce; the host sends another video, of the same length, after the cut.
    CHANGED: _droponce,
    "text": _text,
    "redir": _redir,
    "refresh": _refresh,
    "loop": _loop,
}
