"""How a lesson of the demo is made: a titled slide a chapter, a clock and a bar that moves.

The picture is encoded once at 720p and once at 360p in the same run, a few frames a second:
slides need no more, and the whole demo is ready in seconds.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox import ffmpeg
from sandbox.catalogue import Lesson
from sandbox.ffmpeg import X264, Argument

_RATE = 6
_BAR_HEIGHT = 10
_FADE = "nb_colors=2:x0=0:y0=0:x1=320:y1=180:type=linear"
_CLOCK = r"%{pts:gmtime:0:%M\:%S}"
_FRAGMENTED: list[Argument] = ["-movflags", "+dash+frag_keyframe+empty_moov"]
_ENCODE: list[Argument] = [*X264, "-crf", 30, "-g", _RATE * 4, "-threads", 1]


def make(folder: Path, lesson: Lesson) -> None:
    for number, language in enumerate(("pt", "en")):
        spoken = [line[number] for line in lesson.lines]
        (folder / f"{language}.vtt").write_text(_subtitle(spoken, lesson.seconds), "utf-8")
    with TemporaryDirectory() as texts:
        _film(folder, lesson, Path(texts))
    muxed = folder / "muxed.mp4"
    sound: list[Argument] = ["-i", muxed, "-map", "0:a", "-c", "copy", *_FRAGMENTED]
    still: list[Argument] = ["-ss", 1, "-i", folder / "video.mp4", "-frames:v", 1, "-update", 1]
    ffmpeg.run_all(
        [*sound, folder / "audio.m4a"],
        [*still, "-q:v", 3, folder / "thumb.jpg"],
        [*still, folder / "thumb.webp"],
    )


def make_small(folder: Path, lesson: Lesson) -> None:
    """`muxed.mp4` alone, which takes a third of the time."""
    with TemporaryDirectory() as texts:
        graph = _graph(lesson, Path(texts), "null")
        ffmpeg.run(*_sources(lesson), "-filter_complex", graph, *_small(folder))


def _film(folder: Path, lesson: Lesson, texts: Path) -> None:
    graph = _graph(lesson, texts, "split[large]")
    large: list[Argument] = ["-map", "[large]", *_ENCODE, *_FRAGMENTED, folder / "video.mp4"]
    ffmpeg.run(*_sources(lesson), "-filter_complex", graph, *large, *_small(folder))


def _sources(lesson: Lesson) -> Iterator[Argument]:
    first, second = lesson.colours
    seconds = lesson.seconds
    gradient = f"gradients=s=320x180:r={_RATE}:d=1:c0={first}:c1={second}:{_FADE}"
    line = f"color=c=white:s=1280x{_BAR_HEIGHT}:r={_RATE}:d={seconds},format=yuv420p"
    tone = f"sine=frequency={lesson.tone}:duration={seconds}"
    return (word for text in (gradient, line, tone) for word in ("-f", "lavfi", "-i", text))


def _small(folder: Path) -> list[Argument]:
    sound: list[Argument] = ["-map", "[sound]", "-c:a", "aac", "-b:a", "64k"]
    tail: list[Argument] = ["-movflags", "+faststart", folder / "muxed.mp4"]
    return ["-map", "[small]", *_ENCODE, *sound, *tail]


def _graph(lesson: Lesson, texts: Path, ending: str) -> str:
    """One still background repeated, text on it, and a bar that grows with the time.

    `ending`: what the large picture goes through before it is made small.
    """
    seconds = lesson.seconds
    background = [
        "trim=end_frame=1,scale=1280:720:flags=bilinear,format=yuv420p",
        *_shapes(lesson),
        f"loop=loop=-1:size=1,fps={_RATE},trim=duration={seconds}",
        *_texts(lesson, texts),
    ]
    bar = f"overlay=x='-w+w*t/{seconds}':y=H-{_BAR_HEIGHT}:format=yuv420"
    return ";".join(
        (
            f"[0:v]{','.join(background)}[slide]",
            f"[slide][1:v]{bar},{ending}[copy]",
            "[copy]scale=640:360:flags=fast_bilinear[small]",
            "[2:a]volume=0.15,tremolo=f=0.5:d=0.8[sound]",
        )
    )


def _shapes(lesson: Lesson) -> Iterator[str]:
    """A row of blocks whose heights tell one lesson from another, with or without a font."""
    for number, letter in enumerate(lesson.video_id):
        height = 30 + ord(letter) * 7 % 130
        top = 640 - height
        yield f"drawbox=x={80 + number * 44}:y={top}:w=30:h={height}:color=white@0.18:t=fill"


def _texts(lesson: Lesson, folder: Path) -> Iterator[str]:
    font = ffmpeg.font()
    if font is None:
        return
    write = _writer(folder, font)
    heading, _, rest = lesson.title.partition(": ")
    yield write(lesson.subject.upper(), "fontsize=30:fontcolor=white@0.75:x=80:y=90")
    yield write(heading, "fontsize=64:fontcolor=white:x=80:y=150")
    yield write(rest, "fontsize=36:fontcolor=white@0.9:x=80:y=240") if rest else "null"
    yield write(lesson.teacher, "fontsize=26:fontcolor=white@0.75:x=80:y=660")
    starts = [*lesson.chapter_starts(), (lesson.seconds + 1, "")]
    for number, ((start, chapter), (end, _)) in enumerate(pairwise(starts)):
        shown = f"fontsize=44:fontcolor=white:x=80:y=370:enable='gte(t,{start})*lt(t,{end})'"
        yield write(f"{number + 1}. {chapter}", shown)
    yield write(_CLOCK, "fontsize=26:fontcolor=white@0.75:x=w-tw-60:y=94")


def _writer(folder: Path, font: Path) -> Callable[[str, str], str]:
    """Text goes through files: no character of a title then needs escaping."""
    count = 0

    def write(text: str, style: str) -> str:
        nonlocal count
        count += 1
        file = folder / f"text{count}.txt"
        file.write_text(text, "utf-8")
        return f"drawtext=fontfile={font}:textfile='{file}':{style}"

    return write


def _subtitle(spoken: list[str], seconds: int) -> str:
    step = seconds / len(spoken)
    cues = (
        f"{_clock(number * step)} --> {_clock((number + 1) * step - 0.2)}\n{text}\n"
        for number, text in enumerate(spoken)
    )
    return "\n".join(["WEBVTT\n", *cues])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"00:{int(minutes):02}:{rest:06.3f}"
