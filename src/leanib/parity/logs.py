"""Compares a run's log, line by line, with the one that LEAN wrote for the same algorithm."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from leanib.errors import UsageError

__all__ = ["LogMatch", "compare_logs", "read_recorded_log"]

#: the clock's share of the last line
_SPEED = re.compile(r"completed in [\d.,]+ seconds at [\d.,]+k data points per second")
#: the id of an insight or order, which LEAN draws anew in each run
_RANDOM_ID = re.compile(r"\b[0-9a-f]{32}\b")
#: the recordings end here, within a line
_LONGEST = 20_000


@dataclass(frozen=True)
class LogMatch:
    """How many of LEAN's lines are ours too, in their order, and whether the logs are the same."""

    equal: int
    lines: int
    is_whole: bool


def read_recorded_log(folder: Path, name: str) -> list[str] | None:
    """The lines that LEAN wrote, from `<name>.json.gz` with an entry `log`; None when there is no recording.

    Raises:
        UsageError: the file is no recording.
    """
    file = folder / f"{name}.json.gz"
    if not file.is_file():
        return None
    try:
        text = json.loads(gzip.decompress(file.read_bytes()))["log"]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} is not a recording of a run ({error}); give a folder of them with --logs") from error
    return _lines(str(text))


def compare_logs(recorded: Sequence[str], ours: Sequence[str]) -> LogMatch:
    """Both without what only the clock says; a message of several lines counts as its lines.

    Of our log only as much counts as the recording has room for.
    """
    theirs, own = _comparable("\n".join(recorded)), _comparable("\n".join(ours))
    if len("\n".join(recorded)) >= _LONGEST:
        own = own[: len(theirs)]
        own[-1:] = [line[: len(theirs[-1])] for line in own[-1:]]
    blocks = SequenceMatcher(None, theirs, own, autojunk=False).get_matching_blocks()
    return LogMatch(sum(block.size for block in blocks), len(theirs), theirs == own)


def _comparable(text: str) -> list[str]:
    return [_RANDOM_ID.sub("<id>", _SPEED.sub("completed", line)) for line in _lines(text)]


def _lines(text: str) -> list[str]:
    # the recordings were read with universal newlines: what an algorithm logs as \r\n is \n there
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")
