"""Wheels of yt-dlp for tests: tiny ones, and the installed one under another name."""

import base64
import hashlib
import zipfile
from pathlib import Path

import yt_dlp  # noqa: TID251 - it is what is packed

TINY = {"yt_dlp/__init__.py": "", "yt_dlp/version.py": "__version__ = 'tiny'\n"}


def make_wheel(
    folder: Path, version: str, files: dict[str, str], *, name: str = "yt_dlp", needs: str = ""
) -> Path:
    """A wheel with these files."""
    info = f"{name}-{version}.dist-info"
    told = f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n"
    told += f"Requires-Dist: {needs}\n" if needs else ""
    wheel = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    whole = {**files, f"{info}/METADATA": told, f"{info}/WHEEL": wheel}
    record = "".join(
        f"{path},sha256={_digest(text)},{len(text.encode())}\n" for path, text in whole.items()
    )
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for inner, text in {**whole, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            packed.writestr(inner, text)
    return path


def real_one_as(version: str) -> dict[str, str]:
    """The files of the installed yt-dlp, which says that it is another version."""
    root = Path(yt_dlp.__file__).parent
    files = {
        str(Path("yt_dlp") / path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.py"))
    }
    said = files["yt_dlp/version.py"]
    return files | {"yt_dlp/version.py": f"{said}\n__version__ = {version!r}\n"}


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
