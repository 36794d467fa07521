"""Running the ffmpeg that comes with imageio_ffmpeg."""

import functools
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imageio_ffmpeg

_FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_FONTS = ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "NotoSans-Bold.ttf", "Ubuntu-B.ttf")

Argument = str | int | Path

X264: list[Argument] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def run(*arguments: Argument) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"]
    subprocess.run(
        [*command, *map(str, arguments)],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def run_all(*commands: list[Argument]) -> None:
    """Independent commands, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(run, *command) for command in commands]:
            future.result()


@functools.cache
def font() -> Path | None:
    """A font to draw text with, if this ffmpeg draws text and the machine has one we know."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-filters"]
    filters = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if " drawtext " not in filters:
        return None
    found = (path for folder in _FONT_FOLDERS for path in folder.rglob("*.ttf"))
    known = {path.name: path for path in found if path.name in _FONTS}
    return next((known[name] for name in _FONTS if name in known), None)
