"""The search on disk: its plan, and every finished backtest as a line of JSON, so that it can go on after any end.

`optimization.json` is the plan; `trials.jsonl` grows by a line a backtest, written whole; a last line that was cut off
is left aside.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from leanib.errors import UsageError
from leanib.files import write_text
from leanib.operations.optimize.blocks import Block
from leanib.operations.optimize.space import Point
from leanib.operations.optimize.trial import Outcome

__all__ = ["Book", "Plan"]

PLAN, TRIALS = "optimization.json", "trials.jsonl"


@dataclass(frozen=True)
class Plan:
    """What is searched, and how.

    Attributes:
        algorithm: The algorithm's file.
        fixed: Parameters that are not searched, from config.json and lean.json.
        parameters: `name=min:max:step` each.
        targets: `name:max` or `name:min` each; the first decides where one is needed.
        constraints: As typed.
        strategy: `grid` or `tpe`.
        trials: How many points TPE tries, for each choice that is made.
        seed: Of TPE.
        split: One of `blocks.KINDS`.
        folds: How many blocks.
        purge: Days between two blocks.
        start, end: ISO dates that override the algorithm's; empty without.
        code: Hash of the algorithm's folder, so that results of two versions are never mixed.
    """

    algorithm: str
    data_folder: str
    fixed: Mapping[str, str]
    parameters: tuple[str, ...]
    targets: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    strategy: str = "grid"
    trials: int = 100
    seed: int = 1
    split: str = "whole"
    folds: int = 5
    purge: int = 0
    start: str = ""
    end: str = ""
    object_store: str | None = None
    code: str = ""

    @property
    def name(self) -> str:
        """The project's name."""
        file = Path(self.algorithm)
        return file.parent.name if file.name == "main.py" else file.stem


def code_hash(file: Path) -> str:
    """Of the Python files of the algorithm's folder (of a lone file: of it), by name and content."""
    files = sorted(file.parent.rglob("*.py")) if file.name == "main.py" else [file]
    digest = hashlib.sha256()
    for one in files:
        digest.update(f"{one.relative_to(file.parent)}\0".encode() + one.read_bytes() + b"\0")
    return digest.hexdigest()


@dataclass
class Book:
    """The finished backtests of a search.

    Attributes:
        folder: Where they are kept.
        asked: Points that a TPE search has tried, by the search's name, in order, with their values.
    """

    folder: Path
    asked: dict[str, list[tuple[Point, tuple[float, ...] | None]]] = field(default_factory=dict)
    _outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)

    @classmethod
    def create(cls, folder: Path, plan: Plan) -> Book:
        """A new search in a new folder.

        Raises:
            UsageError: There is one already, or the folder cannot be made.
        """
        if (folder / PLAN).exists():
            raise UsageError(f"{folder} holds a search already: go on with --resume {folder}, or give another --output")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_text(folder / PLAN, json.dumps(asdict(plan), indent=2) + "\n")
        except OSError as error:
            raise UsageError(f"{folder} cannot be written ({error.strerror}); give another --output") from error
        return cls(folder)

    @classmethod
    def resume(cls, folder: Path) -> tuple[Book, Plan]:
        """The search of a folder as far as it came.

        Raises:
            UsageError: There is none, or the algorithm has changed since.
        """
        plan = _read_plan(folder)
        if code_hash(Path(plan.algorithm)) != plan.code:
            raise UsageError(f"{plan.algorithm} has changed since the search in {folder} began: begin a new one")
        book = cls(folder)
        book._read()
        return book, plan

    def outcome(self, point: Point, block: Block) -> Outcome | None:
        """Of a point in a block, None while it is not there."""
        return self._outcomes.get((point.text, block.text))

    def add(self, point: Point, block: Block, outcome: Outcome) -> None:
        """Keeps an outcome."""
        self._outcomes[point.text, block.text] = outcome
        self._write({"point": dict(point.parameters), "block": block.text, "outcome": asdict(outcome)})

    def add_asked(self, search: str, point: Point, values: tuple[float, ...] | None) -> None:
        """Keeps that a search has tried a point."""
        self.asked.setdefault(search, []).append((point, values))
        self._write({"search": search, "point": dict(point.parameters), "values": values})

    @property
    def runs(self) -> int:
        """How many backtests are there."""
        return len(self._outcomes)

    def points(self) -> list[Point]:
        """Every point that was run at all, in the order in which they came."""
        texts = dict.fromkeys(text for text, _ in self._outcomes)
        return [Point.of(dict(word.split(":", 1) for word in text.split(",")) if text else {}) for text in texts]

    def _write(self, line: Mapping[str, Any]) -> None:
        with (self.folder / TRIALS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, separators=(",", ":"), default=str) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> None:
        file = self.folder / TRIALS
        if not file.is_file():
            return
        content = file.read_bytes()
        whole, _, cut_off = content.rpartition(b"\n")
        if cut_off:
            with file.open("r+b") as stream:
                stream.truncate(len(whole) + 1 if whole else 0)
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(f"{file}, line {number}, is damaged ({error}): delete that line and go on") from error

    def _take(self, line: Mapping[str, Any]) -> None:
        point = Point.of(line["point"])
        if "search" in line:
            values = tuple(line["values"]) if line["values"] is not None else None
            self.asked.setdefault(line["search"], []).append((point, values))
            return
        outcome = line["outcome"]
        self._outcomes[point.text, line["block"]] = Outcome(**{**outcome, "unread": tuple(outcome["unread"])})


def _read_plan(folder: Path) -> Plan:
    file = folder / PLAN
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        lists = ("parameters", "targets", "constraints")
        return Plan(**{**content, **{name: tuple(content[name]) for name in lists}})
    except FileNotFoundError:
        raise UsageError(f"{folder} holds no search: there is no {PLAN}") from None
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{file} is damaged ({error}): begin a new search") from error
