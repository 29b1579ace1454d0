"""One finding."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; `text` is a sentence that begins with the file or the series.

    Attributes:
        text: The sentence.
        is_error: Whether a backtest would fail or lie; else it is a warning.
        path: The file that could be mended.
        remedy: How, see `leanib.data.check.fix`: `order`, `aside` or `remove`; empty when only a person can.
    """

    text: str
    is_error: bool = True
    path: Path | None = None
    remedy: str = ""
