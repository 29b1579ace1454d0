"""What was shown, as a recording: asciinema's cast, and a moving picture for a page.

The cast is asciinema's version 2 (https://docs.asciinema.org/manual/asciicast/v2/). The picture is an SVG that needs no
script: all lines on one film that is drawn upwards, a little slower than it was so that it can be read.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TextIO

from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from leanib.files import write_text

__all__ = ["Frame", "Tape", "cast_of", "picture_of", "write_recording"]

WIDTH = 100
_HEIGHT = 30
_LINE, _LETTER, _MARGIN, _BAR = 18.0, 8.4, 14.0, 34.0  # pixels
_LINE_SECONDS, _TITLE_SECONDS, _LONGEST, _END = 0.14, 1.3, 1.0, 6.0
_RULE = "─"
_FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace'


@dataclass(frozen=True)
class Frame:
    """What was written at a moment: seconds from the beginning, and the text with its ANSI codes."""

    at: float
    text: str


class Tape(io.StringIO):
    """A terminal that remembers what was written when, and passes it on.

    Args:
        clock: Tells seconds.
        through: Gets everything as well.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, through: TextIO | None = None) -> None:
        super().__init__()
        self.frames: list[Frame] = []
        self._clock = clock
        self._began = clock()
        self._through = through or sys.stdout

    def write(self, text: str) -> int:
        """Remembers it and passes it on."""
        self.frames.append(Frame(self._clock() - self._began, text))
        return self._through.write(text)

    def flush(self) -> None:
        """Passes it on."""
        self._through.flush()


def write_recording(frames: list[Frame], folder: Path) -> list[Path]:
    """Writes `demo.cast` and `demo.svg` into a folder; their paths.

    Raises:
        OSError: They cannot be written.
    """
    files = {folder / "demo.cast": cast_of(frames), folder / "demo.svg": picture_of(frames)}
    for file, text in files.items():
        write_text(file, text)
    return list(files)


def cast_of(frames: list[Frame]) -> str:
    """The recording as asciinema plays it."""
    header = {"version": 2, "width": WIDTH, "height": _HEIGHT, "title": "leanib demo"}
    lines = [json.dumps(header)]
    for frame in frames:
        text = frame.text.replace("\n", "\r\n")
        lines.append(json.dumps([round(frame.at, 3), "o", text], ensure_ascii=False))
    return "\n".join(lines) + "\n"


def picture_of(frames: list[Frame]) -> str:
    """The recording as an SVG that moves."""
    lines = _lines(frames)
    moments, total = _pace(lines)
    width, height = WIDTH * _LETTER + 2 * _MARGIN, _HEIGHT * _LINE + _BAR + _MARGIN
    film = "\n".join(_row(number, text) for number, (_, text) in enumerate(lines))
    theme = SVG_EXPORT_THEME
    back, fore = theme.background_color.hex, theme.foreground_color.hex
    dots = "".join(
        f'<circle cx="{20 + 20 * n}" cy="17" r="6" fill="{colour}"/>'
        for n, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">
<title>leanib demo: Gateway, connection, account, quotes, orders, a strategy and a bad night, on the simulator</title>
<style>
text {{ font: 14px {_FONT}; white-space: pre; fill: {fore} }}
.film {{ animation: film {total:.1f}s step-end infinite }}
.curtain {{ animation: curtain {total:.1f}s step-end infinite }}
@keyframes film {{ {_keys(moments, total, lambda count: -max(0, count - _HEIGHT))} }}
@keyframes curtain {{ {_keys(moments, total, lambda count: min(count, _HEIGHT))} }}
@media (prefers-reduced-motion: reduce) {{ .film, .curtain {{ animation: none }} .curtain {{ display: none }} }}
</style>
<rect width="100%" height="100%" rx="8" fill="{back}"/>{dots}
<text x="50%" y="22" text-anchor="middle">leanib demo</text>
<svg x="{_MARGIN}" y="{_BAR}" width="{WIDTH * _LETTER:.0f}" height="{_HEIGHT * _LINE:.0f}">
<g class="film">
{film}
</g>
<rect class="curtain" width="100%" height="{_HEIGHT * _LINE:.0f}" fill="{back}"/>
</svg>
</svg>
"""


def _lines(frames: list[Frame]) -> list[tuple[float, Text]]:
    """The lines and when each was whole."""
    found: list[tuple[float, Text]] = []
    rest = ""
    for frame in frames:
        *whole, rest = (rest + frame.text).split("\n")
        found += [(frame.at, Text.from_ansi(line)) for line in whole]
    return found


def _pace(lines: list[tuple[float, Text]]) -> tuple[list[float], float]:
    """When each line comes in the picture, and how long the picture is."""
    moments: list[float] = []
    now, before = 0.5, 0.0
    for at, text in lines:
        waited = min(at - before, _LONGEST)
        pause = _TITLE_SECONDS if text.plain.endswith(_RULE * 3) else _LINE_SECONDS
        now, before = now + max(waited, pause), at
        moments.append(now)
    return moments, now + _END


def _keys(moments: list[float], total: float, lines_up: Callable[[int], int]) -> str:
    keys = [f"0% {{ transform: translateY({lines_up(0) * _LINE:g}px) }}"]
    keys += [
        f"{100 * moment / total:.3f}% {{ transform: translateY({lines_up(count) * _LINE:g}px) }}"
        for count, moment in enumerate(moments, 1)
    ]
    return " ".join(keys)


def _row(number: int, text: Text) -> str:
    """One line as SVG text, a piece for each style, placed by its column so that no font can shift it."""
    pieces: list[str] = []
    plain = text.plain
    for start, end, style in _pieces(text):
        part = plain[start:end]
        if part.strip():
            lead = len(part) - len(part.lstrip())
            x = (start + lead) * _LETTER
            length = f' textLength="{len(part.strip()) * _LETTER:.1f}" lengthAdjust="spacingAndGlyphs"'
            pieces.append(f'<tspan x="{x:.1f}"{length}{_look(style)}>{escape(part.strip())}</tspan>')
    return f'<text y="{(number + 0.75) * _LINE:.1f}">{"".join(pieces)}</text>' if pieces else ""


def _pieces(text: Text) -> list[tuple[int, int, Style]]:
    edges = sorted({0, len(text.plain), *(edge for span in text.spans for edge in (span.start, span.end))})
    pieces: list[tuple[int, int, Style]] = []
    for start, end in pairwise(edges):
        styles = [span.style for span in text.spans if span.start <= start and end <= span.end]
        pieces.append((start, end, Style.combine([Style(), *(one for one in styles if isinstance(one, Style))])))
    return pieces


def _look(style: Style) -> str:
    look = ""
    if style.color is not None and not style.color.is_default:
        look += f' fill="{style.color.get_truecolor(SVG_EXPORT_THEME).hex}"'
    look += ' font-weight="bold"' if style.bold else ""
    look += ' font-style="italic"' if style.italic else ""
    return look + (' opacity="0.75"' if style.dim else "")
