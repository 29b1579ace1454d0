"""Which files of other people count, and what counts as running: fixed rules, so that no file is judged by hand.

*Could run*: LEAN could run the file on the data at hand, without options and futures. The file parses, its imports are
installed or lie beside it, the files that it names are there, and it asks no network for anything. *Runs*: it ends as
completed, no name was refused, no error came from the engine's side of a call, and what data was missing was told.

A run that ends in the algorithm's own line (a division by zero, an index out of range, a name that it never defined)
or with an exception that LEAN throws too (of .NET's, about a member that LEAN does not have, or one that `wild_causes`
tells for certain) ends so in LEAN: such a file could not run.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["COMPLETED", "algorithm_files", "judge", "why_not"]

COMPLETED = "runs"
_OWN = "QCAlgorithm"
_NETWORK_MODULES = frozenset(
    {"requests", "urllib", "urllib2", "urllib3", "http", "socket", "smtplib", "ftplib", "websocket", "websockets",
     "aiohttp", "httpx", "yfinance", "pandas_datareader", "quandl", "openai", "telegram", "tweepy", "ccxt", "alpaca"}
)  # fmt: skip
_NETWORK_NAMES = frozenset(
    {"PythonQuandl", "Quandl", "NasdaqDataLink", "QuandlVix", "download", "Download", "RemoteFile", "REMOTE_FILE",
     "Rest", "REST"}
)  # fmt: skip
_DERIVATIVE = re.compile(
    r"^(add_?(index_?|future_?)?options?(_?contract|_?chain|_?universe)?|add_?futures?(_?option)?(_?contract)?|"
    r"option_?chain(s|_?provider)?|options_chain|future_?chain(s|_?provider)?|create_?(canonical_?)?(option|future)|"
    r"option_?strateg(y|ies)|futures|optioncontract|futurescontract|optionright|optionfilteruniverse|"
    r"(future|option|optionchainedn?|future_?option)universeselectionmodel)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"^(https?|ftp|wss?)://", re.IGNORECASE)
_LEAN_MODULES = frozenset(
    {"AlgorithmImports", "QuantConnect", "System", "clr", "NodaTime", "MathNet", "Accord", "Newtonsoft"}
)
_FOREIGN = frozenset(
    {"NameError", "UnboundLocalError", "AttributeError", "TypeError", "ImportError", "ModuleNotFoundError"}
)


def algorithm_files(folder: Path) -> list[Path]:
    """The Python files below a folder that define an algorithm, sorted."""
    return sorted(path for path in folder.rglob("*.py") if path.is_file() and _defines_algorithm(path))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig", errors="replace")


def _defines_algorithm(path: Path) -> bool:
    return re.search(rf"^class\s+\w+\s*\([^)]*\b{_OWN}\w*\b", _text(path), re.MULTILINE) is not None


def why_not(path: Path) -> str:
    """Why LEAN could not run a file on the data at hand; empty when it could."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(_text(path))
    except (SyntaxError, ValueError) as error:
        return f"syntax: {getattr(error, 'msg', error)}"
    reasons = (*_imports(tree, path.parent), *_uses(tree, path.parent))
    return next(iter(reasons), "")


def _imports(tree: ast.AST, folder: Path, seen: frozenset[Path] = frozenset()) -> Iterator[str]:
    for module in _modules(tree):
        top = module.partition(".")[0]
        beside = _beside(module, folder)
        if beside is not None:
            if beside not in seen:
                yield from _of_neighbour(beside, seen | {beside})
        elif top in _NETWORK_MODULES:
            yield f"network: imports {top}"
        elif not _is_there(module):
            yield f"import: {module} is neither installed nor beside it"


def _of_neighbour(path: Path, seen: frozenset[Path]) -> Iterator[str]:
    """The reasons of a module that lies beside the algorithm."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(_text(path))
    except (SyntaxError, ValueError) as error:
        yield f"syntax: {path.name}: {getattr(error, 'msg', error)}"
        return
    yield from _imports(tree, path.parent, seen)
    yield from _uses(tree, path.parent)


def _modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _beside(module: str, folder: Path) -> Path | None:
    if not module:
        return None
    place = folder.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


@cache
def _is_there(module: str) -> bool:
    top = module.partition(".")[0]
    if not top or top in _LEAN_MODULES or top in sys.stdlib_module_names:
        return True
    if top in _framework_modules():
        return True
    return importlib.util.find_spec(top) is not None


@cache
def _framework_modules() -> frozenset[str]:
    """Files of LEAN's own that lie on its path, such as `Alphas.EmaCrossAlphaModel` and `BasicTemplateAlgorithm`."""
    return frozenset({"Alphas", "Execution", "Portfolio", "Risk", "Selection"})


def _uses(tree: ast.AST, folder: Path) -> Iterator[str]:
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    datasets = _datasets() - own
    for node in ast.walk(tree):
        name = _name(node)
        if name in _NETWORK_NAMES - own:
            yield f"network: {name}"
        elif _DERIVATIVE.match(name) and name not in own:
            yield f"derivatives: {name}"
        elif isinstance(node, ast.Name) and name in datasets:
            yield f"files: {name} is a data set that LEAN's repository does not have"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _ADDRESS.match(node.value):
            if not _is_docstring(node, tree):
                yield f"network: {node.value[:60]}"
        elif isinstance(node, ast.Call) and _name(node.func) in ("open", "read_csv", "read_pickle", "load_model"):
            yield from _missing_file(node, folder)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_docstring(node: ast.Constant, tree: ast.AST) -> bool:
    return any(isinstance(parent, ast.Expr) and parent.value is node for parent in ast.walk(tree))


def _missing_file(call: ast.Call, folder: Path) -> Iterator[str]:
    """A file that is opened by a name written into the call, and is not there."""
    if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
        writes = any(isinstance(mode, ast.Constant) and str(mode.value)[:1] in "wax" for mode in call.args[1:2])
        name = call.args[0].value
        if not writes and not _ADDRESS.match(name) and not (folder / name).exists():
            yield f"files: {name} is not there"


@cache
def _datasets() -> frozenset[str]:
    """QuantConnect's data sets by the names that the stubs give them."""
    for folder in sys.path:  # and not by the import system, in which our own name of it comes first
        stub = Path(folder) / "QuantConnect" / "DataSource" / "__init__.pyi"
        if stub.is_file():
            return frozenset(re.findall(r"^class (\w+)", stub.read_text(encoding="utf-8"), re.MULTILINE))
    return frozenset()


def judge(answer: Mapping[str, Any]) -> tuple[str, str]:
    """What a run came to, and why.

    Args:
        answer: `status`, `error` (its last line), `kind` (its class), `users_line` (whether its last frame is the
            algorithm's), `is_ours` (whether it is a refusal of the engine's), `known` (whether LEAN has the name that
            it is about), `no_algorithm` (whether no class derives from QCAlgorithm), `untold` (files that were missing
            and not told).

    Returns:
        `runs`; `could not run` for the algorithm's own error; otherwise `fails`.
    """
    if answer["status"] == "Completed":
        untold = answer.get("untold") or []
        return (COMPLETED, "") if not untold else ("fails", f"missing and not told: {untold[0]}")
    if answer.get("no_algorithm"):
        return "could not run", "no algorithm: no class derives from QCAlgorithm when it is loaded"
    own_error = answer.get("users_line") and not answer.get("is_ours")
    if own_error and (answer.get("kind") not in _FOREIGN or not answer.get("known", True)):
        return "could not run", f"the algorithm's own error: {answer['error']}"
    return "fails", str(answer["error"])
