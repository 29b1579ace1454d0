"""Backtests to browse and compare: figures from their summaries; reports and comparisons are made by the commands.

`leanib report` and `leanib compare` run in processes of their own, so that the dashboard stays small and answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from leanib.errors import LeanIBError
from leanib.operations.folders import result_folders
from leanib.report.result_files import find_result

__all__ = ["Backtests"]

_MOST = 200
_DEADLINE = 120.0
_FIGURES = (
    "Net Profit", "Compounding Annual Return", "Sharpe Ratio", "Drawdown", "Total Orders", "Win Rate", "Total Fees",
)  # fmt: skip


class Backtests:
    """The results under a project's folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._kept: dict[Path, tuple[float, dict[str, Any]]] = {}
        self._keys: dict[str, Path] = {}

    def rows(self) -> list[dict[str, Any]]:
        """The newest backtests, each with a key, its name and its figures."""
        folders = result_folders(self._root, "backtests")[:_MOST]
        rows = [self._row(folder) for folder in folders]
        self._kept = {folder: self._kept[folder] for folder in folders}
        self._keys = {row["key"]: folder for row, folder in zip(rows, folders, strict=True)}
        return rows

    def _row(self, folder: Path) -> dict[str, Any]:
        changed = folder.stat().st_mtime
        kept = self._kept.get(folder)
        if kept is None or kept[0] != changed:
            kept = self._kept[folder] = changed, self._read(folder)
        return kept[1]

    def _read(self, folder: Path) -> dict[str, Any]:
        row: dict[str, Any] = {
            "key": hashlib.sha256(str(folder).encode()).hexdigest()[:16],
            "algorithm": str(folder.parent.parent.relative_to(self._root)), "run": folder.name,
            "figures": {}, "problem": "",
        }  # fmt: skip
        try:
            result = find_result(folder)
            summary = result.with_name(f"{result.stem}-summary.json")
            content = json.loads((summary if summary.is_file() else result).read_text(encoding="utf-8"))
            statistics = content.get("statistics") or {}
            row["figures"] = {name: str(statistics[name]) for name in _FIGURES if name in statistics}
            row["state"] = str((content.get("state") or {}).get("Status", ""))
        except (LeanIBError, OSError, ValueError, AttributeError, TypeError) as error:
            row["problem"] = str(error)
        return row

    def folder(self, key: str) -> Path | None:
        """The folder behind a key that `rows` told; None for any other."""
        if key not in self._keys:
            self.rows()
        return self._keys.get(key)

    async def report(self, key: str) -> str:
        """The report's HTML; made where there is none yet.

        Raises:
            LeanIBError: There is no such backtest, or no report can be made of it.
        """
        folder = self._known(key)
        made = folder / "report.html"
        if not made.is_file():
            await _leanib("report", str(folder), "--output", str(made))
        return made.read_text(encoding="utf-8")

    async def comparison(self, left: str, right: str) -> str:
        """The comparison's HTML; raises LeanIBError as `report` does."""
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "comparison.html"
            await _leanib("compare", str(self._known(left)), str(self._known(right)), "--output", str(page))
            return page.read_text(encoding="utf-8")

    def _known(self, key: str) -> Path:
        folder = self.folder(key)
        if folder is None:
            raise LeanIBError("there is no such backtest any more; look at the list again")
        return folder


async def _leanib(*words: str) -> None:
    """One of our own commands; exit code 1 of a comparison means that the runs differ."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "leanib", *words,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_DEADLINE):
            _, said = await process.communicate()
    except BaseException as error:
        process.kill()
        await process.wait()
        if isinstance(error, TimeoutError):
            raise LeanIBError(f"leanib {words[0]} did not end within {_DEADLINE:g} s") from None
        raise
    if process.returncode not in ((0, 1) if words[0] == "compare" else (0,)):
        lines = said.decode(errors="replace").strip().splitlines()
        raise LeanIBError(lines[-1].removeprefix("leanib: ") if lines else f"leanib {words[0]} failed")
