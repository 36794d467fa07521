"""The Google of the sandbox as tests and the demo speak of it."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sandbox.exchange import Exchange
from sandbox.google.calls import Logged
from sandbox.google.faults import Fault
from sandbox.google.school import School
from sandbox.google.site import Site
from sandbox.google.tokens import DEFAULT_TTL_SECONDS, proof
from sandbox.media import Media


class Google(School):
    """`with Sandbox(folder) as sandbox: sandbox.google.course(…)`.

    `media_seconds`: how long the transfer of a file should take, to be watched; `fill` makes the
    school of the beginning; `kept` is where grants and tokens outlive the process.
    """

    def __init__(
        self,
        media: Media,
        origin: str,
        media_seconds: float = 0,
        fill: "Callable[[Google], None]" = lambda google: None,
        kept: Path | None = None,
    ) -> None:
        super().__init__(media, origin)
        self._fill = fill
        self._site = Site(self, media_seconds, kept)
        self._tokens = self._site.tokens
        fill(self)

    def answer(self, exchange: Exchange) -> None:
        self._site.answer(exchange)

    @property
    def log(self) -> list[Logged]:
        """Every call, those inside a batch among them, oldest first."""
        return self._site.log

    def fail(self, match: str, error: str = "", **more: Any) -> None:
        """See `faults.Fault`; the names of errors are in `errors.ERRORS` and `faults`."""
        self._site.faults.add(Fault(match, error, **more))

    def issue(self, email: str, scopes: Iterable[str], ttl: float | None = None) -> str:
        """An access token, good for `ttl` seconds; 0 or less: expired."""
        self.known(email)
        seconds = self.token_ttl if ttl is None else ttl
        return self._tokens.new_access(proof(email, scopes), seconds)

    def new_refresh(self, email: str, scopes: Iterable[str]) -> str:
        self.known(email)
        return self._tokens.new_refresh(proof(email, scopes))

    def add_client(self, client_id: str, secret: str) -> None:
        """Of another project."""
        self._tokens.clients[client_id] = secret

    def expire_tokens(self, email: str = "") -> None:
        """Access tokens stop working at once: 401."""
        self._tokens.expire_access(email)

    def revoke_grant(self, email: str) -> None:
        """As the owner does at myaccount.google.com: every token is dead."""
        self._tokens.revoke_grant(email)

    def tokens(self) -> list[str]:
        """Every access and refresh token ever issued."""
        return list(self._tokens.issued)

    def calls(self, path: str) -> int:
        """How many calls to this path (a regular expression for the whole of it)."""
        return sum(bool(re.fullmatch(path, entry.path)) for entry in list(self.log))

    @property
    def rotate_refresh_tokens(self) -> bool:
        """Whether every refresh gives a new refresh token and spends the old one."""
        return self._site.oauth.rotates

    @rotate_refresh_tokens.setter
    def rotate_refresh_tokens(self, rotates: bool) -> None:
        self._site.oauth.rotates = rotates

    @property
    def token_ttl(self) -> float:
        """In seconds, of access tokens to come."""
        return self._site.oauth.ttl_seconds

    @token_ttl.setter
    def token_ttl(self, seconds: float) -> None:
        self._site.oauth.ttl_seconds = seconds

    @property
    def endless_pages(self) -> set[str]:
        """Keys of lists (courses, courseWork, …) that never come to an end."""
        return self._site.pages.endless

    @property
    def doubled(self) -> set[str]:
        """Keys of lists that give every row twice."""
        return self._site.pages.doubled

    def reset(self) -> None:
        """Forget the log and all faults; the school and its tokens stay."""
        self.log.clear()
        self._site.faults.clear()
        self._site.pages.endless.clear()
        self._site.pages.doubled.clear()
        self.rotate_refresh_tokens = False
        self.token_ttl = DEFAULT_TTL_SECONDS

    def set(self, **switches: Any) -> None:
        """`rotate_refresh_tokens`, `token_ttl`, `endless_pages`, `doubled`: for who is afar."""
        for name in ("endless_pages", "doubled"):
            getattr(self, name).update(switches.pop(name, ()))
        self.token_ttl = switches.pop("token_ttl", self.token_ttl)
        rotates = switches.pop("rotate_refresh_tokens", self.rotate_refresh_tokens)
        self.rotate_refresh_tokens = rotates
        if switches:
            raise ValueError(f"no such switch: {sorted(switches)}")

    def restart(self) -> None:
        """Forget everything, and be the school of the beginning again if there was one."""
        self.clear()
        self._fill(self)

    def clear(self) -> None:
        """Forget everything."""
        self.reset()
        for known in (self.users, self.courses, self.files):
            known.clear()
        self._site.uploads.clear()
        self._tokens.clear()
