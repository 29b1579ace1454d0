"""One of other people's files in a process of its own: a JSON request as argument, a JSON answer as the last line."""

from __future__ import annotations

import contextlib
import json
import math
import re
import resource
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from leanib.engine.core.engine import BacktestRun, Job, run_backtest
from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.errors import LeanIBError
from leanib.parity.wild_causes import has_no_algorithm, is_about_empty_frame, is_same_in_lean
from leanib.parity.wild_names import enums, lean_types, lean_words

__all__ = ["main"]

_PACKAGE = str(Path(__file__).resolve().parents[1])
_NAMES = (
    re.compile(r"name '(\w+)' is not defined"),
    re.compile(r"has no attribute '(\w+)'"),
    re.compile(r"cannot import name '(\w+)'"),
    re.compile(r"variable '(\w+)'"),
)
_STAR = re.compile(r"^\s*from\s+(?:AlgorithmImports|QuantConnect\S*|System\S*)\s+import\s+\*", re.MULTILINE)
#: the engine's way of letting frames be asked by symbols; the error is pandas' own
_LOOK_UP = "market/pandas_keys.py"
_PROPERTIES = "dotnet/checked_properties.py"
_OF_TYPE = re.compile(r"type object '(\w+)' has no attribute '(\w+)'")
_FUNCTION = re.compile(r"(\w+)\(\) (?:got|missing|takes)")


def main() -> int:
    """Run what the first argument asks for."""
    request: dict[str, Any] = json.loads(sys.argv[1])
    seconds = math.ceil(request["deadline"])  # of CPU, so that a busy machine changes no verdict
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    file, data = Path(request["file"]).absolute(), Path(request["data"]).absolute()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(file.parent):
        output = Path(folder) / "results"
        job = Job(data, file.stem, destination=output, object_store_root=Path(folder) / "storage")
        try:
            run = run_backtest(load_algorithm(file), job)
            answer = _answer(run, file, output)
        except Exception as error:
            answer = _failure(error, file, missing=bool(DATA_MONITOR().failed))
    print()
    print(json.dumps(answer))
    return 0


def _answer(run: BacktestRun, file: Path, output: Path) -> dict[str, Any]:
    if run.error is not None:
        return _failure(run.error, file, bool(run.missing_data))
    failed = [line for found in output.glob("failed-data-requests-*.txt") for line in found.read_text().splitlines()]
    return {
        "status": run.algorithm.status.lean_name,
        "error": "",
        "orders": len(list(run.algorithm.transactions.get_orders())),
        "missing": [str(item) for item in run.missing_data],
        "untold": failed if failed and not run.missing_data else [],
    }


def _failure(error: BaseException, file: Path, missing: bool) -> dict[str, Any]:
    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    notes = "\n".join(getattr(error, "__notes__", ())).splitlines()
    text = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1 - len(notes)]
    own = [number for number, name in enumerate(frames) if Path(name).parent == file.parent]
    known_to_python = is_same_in_lean(error, file)
    after = frames[own[-1] + 1 :] if own else frames
    after = [name for name in after if not name.endswith(_LOOK_UP)]
    refused = isinstance(error, LeanIBError) or any(name.startswith(_PACKAGE) for name in after)
    # What LEAN throws itself, by .NET's name, and what an algorithm or a class of the file's own does not have.
    same = _is_leans_answer(error, text, file) or known_to_python
    is_ours = refused and not same
    missing = missing or is_about_empty_frame(error)
    # What a library says of data that were missing (no such column in an empty frame), LEAN's user reads too.
    users_line = known_to_python or (bool(own) and not is_ours and (not after or missing or refused))
    return {
        "status": "RuntimeError",
        "error": text,
        "kind": type(error).__name__,
        "users_line": users_line,
        "is_ours": is_ours,
        "known": is_ours or (not same and _is_known(text, file)),
        "no_algorithm": has_no_algorithm(text),
        "traceback": "".join(traceback.format_exception(error)),
    }


def _is_leans_answer(error: BaseException, text: str, file: Path) -> bool:
    """Whether LEAN says the same: an exception of .NET's, or a member or module that LEAN does not have.

    The algorithm answers to every public name that the stubs have (a test proves it), so what it lacks LEAN's lacks.
    """
    if type(error).__module__.endswith("dotnet.exceptions") or _is_of_a_property(error):
        return True
    if (found := re.search(r"(?:No module named '|imports )(QuantConnect[\w.]*)", text)) is not None:
        return not any((folder / found[1].replace(".", "/")).is_dir() for folder in map(Path, sys.path))
    if (of_enum := _OF_TYPE.search(text)) and (members := enums().get(of_enum[1])):
        return of_enum[2] not in members
    found = re.search(r"'(\w+)' object has no attribute '\w+'", text)
    if found is None:
        return False
    source = file.read_text(encoding="utf-8-sig", errors="replace")
    bases = re.search(rf"^class {found[1]}\b\s*(?:\(([^)]*)\))?", source, re.MULTILINE)
    return bases is not None and (not bases[1] or "QCAlgorithm" in bases[1] or bases[1].strip() == "object")


def _is_of_a_property(error: BaseException) -> bool:
    """Whether a property of LEAN's was given what it does not take: its types are in a table that is LEAN's."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename.endswith(_PROPERTIES)


def _is_known(text: str, file: Path) -> bool:
    """Whether an error about a name can be the engine's: LEAN has the name, or it is about no name."""
    source = file.read_text(encoding="utf-8-sig", errors="replace")
    for pattern in _NAMES:
        if found := pattern.search(text):
            asked = (
                pattern is not _NAMES[0] or _STAR.search(source) is not None
            )  # a file gets the names that it imports
            return asked and found[1] in (lean_types() if pattern is _NAMES[0] else lean_words())
    found = _FUNCTION.search(text)
    return found is None or re.search(rf"def {found[1]}\b", source) is None


if __name__ == "__main__":
    sys.exit(main())
