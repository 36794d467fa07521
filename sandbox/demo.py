"""`./run demo`: the product beside a make-believe Google and YouTube, with accounts to try.

Starts the sandbox, points the product at it by settings alone, makes two accounts and then
becomes `manage.py serve`.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

from sandbox import catalogue
from sandbox.google.tokens import CLIENT_ID, CLIENT_SECRET

_ROOT = Path(__file__).resolve().parents[1]
_PASSWORD = "sala-de-aula-42"  # of the demo alone, which listens on this machine alone
_PEOPLE = (
    ("professora", "helena@escola.example", "Helena Duarte", "user"),
    ("diretora", "diretora@escola.example", "Marta Lima", "admin"),
)
_SCOPES = (
    *("downloads:read", "downloads:write", "subscriptions:write", "library:read"),
    *("courses:read", "courses:write", "credentials:read", "credentials:write"),
)
_KEY = f"--username professora --name test --scopes {','.join(_SCOPES)}"
_GOOGLE_ACCOUNTS = {
    "helena@escola.example": "teaches four courses, learns in one, and has an archived one",
    "andre@escola.example": "teaches beside her",
    "aluno@escola.example": "a student: sees no drafts",
    "diretora@escola.example": "the director",
}


def main() -> None:
    data_dir = os.environ.setdefault("DATA_DIR", "./var/demo")
    data = Path(data_dir).resolve()
    os.environ["DATA_DIR"] = str(data)
    hosts = _start_sandbox(data / "sandbox")
    os.environ["OUTBOUND_PROXY"] = hosts["proxy"]
    os.environ["OUTBOUND_CA_FILE"] = hosts["ca_file"]
    _point_to_google(hosts["origin"])
    _manage("migrate", "--verbosity", "0")
    for person in _PEOPLE:
        _make(*person)
    _explain(data_dir)
    manage = str(_ROOT / "manage.py")
    os.execv(sys.executable, [sys.executable, manage, "serve", *sys.argv[1:]])


def _start_sandbox(folder: Path) -> dict[str, str]:
    """The child lives as long as this process, also after it has become the server."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--demo",
        "--die-with-parent",
        "--folder",
        str(folder),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=_ROOT, start_new_session=True
    )
    assert process.stdout is not None
    return dict(json.loads(process.stdout.readline()))


def _point_to_google(origin: str) -> None:
    """Whoever has set a Google project of their own keeps it."""
    if os.environ.setdefault("GOOGLE_ROOT_URL", origin) == origin:
        os.environ.setdefault("GOOGLE_CLIENT_ID", CLIENT_ID)
        os.environ.setdefault("GOOGLE_CLIENT_SECRET", CLIENT_SECRET)


def _make(username: str, email: str, name: str, role: str) -> None:
    words = ["--username", username, "--email", email, "--full-name", name, "--role", role]
    _manage("create_user", *words, "--password-stdin", given=_PASSWORD)


def _manage(*words: str, given: str = "") -> None:
    """A second start finds the accounts made already, which is as good."""
    command = [sys.executable, str(_ROOT / "manage.py"), *words]
    subprocess.run(command, input=given, text=True, check=False, capture_output=True)


def _explain(data_dir: str) -> None:
    """No full address: the first line with one is the server's, which says that it is ready."""
    print(f"Demo: teacher «professora», staff «diretora», password for both «{_PASSWORD}».")
    print("To begin: sign in, connect Google as helena@escola.example, open a course, download.")
    print("Google accounts to connect, of a school that is played on this machine too:")
    for email, meaning in _GOOGLE_ACCOUNTS.items():
        print(f"  {email}  {meaning}")
    print("Links to paste, all played on this machine (programs put https before them):")
    for lesson in catalogue.lessons():
        print(f"  {_bare(lesson.youtube_url)}  {lesson.title}")
    print("  videos.example/hls/master.m3u8  an HLS stream")
    print("  www.youtube.com/watch?v=private0000  a private video, which fails")
    print("An API key for the teacher, from another terminal:")
    print(f"  DATA_DIR={shlex.quote(data_dir)} ./run manage create_api_key {_KEY}", flush=True)


def _bare(url: str) -> str:
    return url.partition("://")[2]


if __name__ == "__main__":
    main()
