"""The web process of the product and a worker's stand-in beside it, as their own processes."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from core.tests.serving import ROOT, Server, free_port

STRINGS = "import django; django.setup(); from realtime.tests import puppet; puppet.main()"


class Puppet:
    """`puppet.cancel(number=42)` does so in another process and returns what that answers."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-c", STRINGS],
            cwd=ROOT,
            env={**environment, "DJANGO_SETTINGS_MODULE": "classroom_site.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __getattr__(self, name: str) -> Any:
        return lambda **given: self._ask(name, given)

    def _ask(self, name: str, given: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps({"do": name, "with": given}) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(5)
        self._process.stdout.close()


class Site:
    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        settings = {"DATA_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": "", **environment}
        self.puppet = Puppet({**os.environ, **settings})
        self.puppet.migrate()
        self._environment = settings
        self.port = free_port()
        self.start()

    def start(self) -> None:
        command = ["manage.py", "web", "--port", str(self.port)]
        self.web = Server(command, self.port, **self._environment)
        self.url = self.web.url

    async def watch(self, path: str, session: str) -> ClientConnection:
        return await connect(
            f"{self.web.ws}{path}",
            origin=self.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": f"sessionid={session}"},
            max_size=None,
        )

    def close(self) -> None:
        self.web.close()
        self.puppet.close()


async def heard(socket: ClientConnection, type: str = "") -> dict[str, Any]:
    """The next message, or the next of one type."""
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if not type or message["type"] == type:
            return message
