"""Django's ASGI handler on a fixed set of threads.

The stock handler makes a thread per request and hops into it once for every middleware method.
This one runs middleware, view and signals of a request in one hop, which is several times
cheaper, and bounds threads and database connections.
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, ParamSpec, TypeVar, cast

import django
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import FileResponse, StreamingHttpResponse
from django.urls import set_script_prefix

THREADS = 8
CHUNK_BYTES = 256 * 1024

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

P = ParamSpec("P")
T = TypeVar("T")


def get_asgi_application() -> "ThreadedASGIHandler":
    """Django's function of that name, with this handler."""
    django.setup(set_prefix=False)
    return ThreadedASGIHandler()


class ThreadedASGIHandler(ASGIHandler):
    chunk_size = CHUNK_BYTES

    def __init__(self) -> None:
        BaseHandler.__init__(self)  # the parent's would load the middleware for async use
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            response = await self._in_thread(self._respond, scope, body)
            if isinstance(response, StreamingHttpResponse):
                await self._stream(response, scope, receive, send)
            else:
                await self.send_response(response, send)

    async def _in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: context.run(function, *args, **kwargs)
        )

    def _respond(self, scope: Scope, body: IO[bytes]) -> Any:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = self.get_response(request) if request is not None else refusal
        response._handler_class = self.__class__  # noqa: SLF001 - as every handler of Django does
        if not response.streaming:
            response.close()  # in the thread whose database connection it looks after
        return response

    async def _stream(
        self, response: StreamingHttpResponse, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send piece by piece until the end, or until the client has gone."""
        if scope["method"] == "HEAD":
            response.streaming_content = []
        if not response.is_async:
            self._pull_in_threads(response)
        sending = asyncio.ensure_future(self.send_response(response, send))
        leaving = asyncio.ensure_future(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not sending.done():
                sending.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            await self._in_thread(response.close)
        if not sending.cancelled():
            sending.result()

    def _pull_in_threads(self, response: StreamingHttpResponse) -> None:
        """Read a synchronous response as it is sent; Django would read all of it first."""
        if isinstance(response, FileResponse):
            response.block_size = CHUNK_BYTES
        parts = cast("Iterator[bytes]", response.streaming_content)
        response.streaming_content = self._pieces(parts)

    async def _pieces(self, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
        while (part := await self._in_thread(next, parts, None)) is not None:
            yield part
