"""The programs a download needs: deno out of its wheel, ffmpeg of the system or of a wheel."""

import os
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import certifi
import deno
import imageio_ffmpeg

TURNS = 2  # where nobody says how many


@dataclass(frozen=True)
class Tools:
    ffmpeg: str
    deno: str | None
    folder: Path


def prepare(folder: Path, turns: int | None = None) -> None:
    """Make what `find` finds; several processes may do so at once."""
    folder.mkdir(parents=True, exist_ok=True)
    for turn in turn_files(folder, turns):
        turn.touch(mode=0o600)
    if shutil.which("ffmpeg") is None:
        _link(folder / "ffmpeg", Path(imageio_ffmpeg.get_ffmpeg_exe()))


def find(folder: Path) -> Tools:
    """The wheel's file has its version in its name: only a link to it is called ffmpeg."""
    ffmpeg = shutil.which("ffmpeg") or str((folder / "ffmpeg").absolute())
    return Tools(ffmpeg, _deno(), folder)


def set_environment(folder: Path, workdir: Path, ca_file: str) -> None:
    """For this process and the programs it starts."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    os.environ["DENO_DIR"] = str(folder / "deno")
    os.environ["TMPDIR"] = str(workdir)
    if ca_file:
        os.environ["SSL_CERT_FILE"] = str(_with_public_authorities(folder, Path(ca_file)))


def turn_files(folder: Path, turns: int | None = None) -> list[Path]:
    return [folder / f"turn-{number}.lock" for number in range(turns or TURNS)]


def _with_public_authorities(folder: Path, ca_file: Path) -> Path:
    """The operator's authorities are trusted beside the public ones, not in their place."""
    content = Path(certifi.where()).read_bytes() + b"\n" + ca_file.read_bytes()
    bundle = folder / f"authorities-{sha256(content).hexdigest()[:16]}.pem"
    if not bundle.exists():
        draft = bundle.with_name(f".{bundle.name}-{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(bundle)
    return bundle


def _deno() -> str | None:
    try:
        return str(deno.find_deno_bin())
    except FileNotFoundError:
        return None


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    draft = link.with_name(f".ffmpeg-{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)
