"""Finds and loads the user's algorithm: a project folder with main.py, or a .py file.

Everything wrong with the file is a UsageError of one sentence; an error raised while the file's own code runs (an
import that fails, for example) passes through as it is.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import logging
import sys
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from leanib.engine.lean.imports import install
from leanib.engine.naming.missing import namespaces
from leanib.errors import UsageError

if TYPE_CHECKING:
    from leanib.engine.algorithm.algorithm import QCAlgorithm

__all__ = ["algorithm_class", "find_algorithm_file", "load_algorithm"]

_log = logging.getLogger(__name__)
_MAIN = "main.py"
_PACKAGE = Path(__file__).resolve().parents[2]


def find_algorithm_file(path: Path) -> Path:
    """The file of a project folder (its main.py, or its only .py file), or the file itself."""
    if path.is_dir():
        return _in_folder(path)
    if not path.exists():
        raise UsageError(f"{path} does not exist; give a project folder or a .py file")
    if path.suffix != ".py":
        raise UsageError(f"{path} is not a Python file; give a project folder or a .py file")
    return path


def _in_folder(folder: Path) -> Path:
    if (folder / _MAIN).is_file():
        return folder / _MAIN
    files = sorted(folder.glob("*.py"))
    if len(files) == 1:
        return files[0]
    found = "no Python file" if not files else f"{len(files)} Python files and no {_MAIN}"
    raise UsageError(f"{folder} has {found}; put the algorithm into {folder / _MAIN}, or name the file")


def load_algorithm(path: Path) -> type[QCAlgorithm]:
    """The algorithm's class, from a project folder or a file."""
    return algorithm_class(_load(find_algorithm_file(path)), path)


class _SourceLoader(importlib.machinery.SourceFileLoader):
    """Compiles the source each time: compiled code is known by time and size, which an edit may leave as they were."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


def _load(file: Path) -> ModuleType:
    """Run the file as a module; its folder, as in LEAN, is where its own imports are found first."""
    install()
    folder = str(file.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(file.stem, file, loader=_SourceLoader(file.stem, str(file)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        if _PACKAGE in Path(error.filename or "").parents:
            raise
        raise UsageError(_syntax_sentence(error)) from error
    except ModuleNotFoundError as error:
        sentence = _missing_module_sentence(error.name or "?")
        raise UsageError(sentence).with_traceback(error.__traceback__) from error
    except NameError as error:
        _hint_at_imports(error)
        raise
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not a UTF-8 text file; save it as UTF-8") from error
    return module


#: the packages of LEAN's image that the extra lean-image installs, by the names that are imported
_LEAN_IMAGE = frozenset(
    "arch cvxpy hmmlearn joblib lightgbm matplotlib networkx sklearn scipy seaborn statsmodels xgboost".split()  # noqa: SIM905
)


def _missing_module_sentence(name: str) -> str:
    top = name.partition(".")[0]
    if top in _LEAN_IMAGE:
        return f"the algorithm imports {name}, which is not installed; pip install 'leanib[lean-image]' brings it"
    return f"the algorithm imports {name}, which is neither installed nor beside it; install it, or add the file"


def _hint_at_imports(error: NameError) -> None:
    """QuantConnect's web editor gives a file its imports; a copy of one from there often has none."""
    if error.name in namespaces():
        error.add_note(f"{error.name} is LEAN's: begin the file with `from AlgorithmImports import *`")


def _syntax_sentence(error: SyntaxError) -> str:
    text = f": {error.text.strip()}" if error.text else ""
    return f"{error.filename}, line {error.lineno}: {error.msg}{text}"


def algorithm_class(module: ModuleType, path: Path) -> type[QCAlgorithm]:
    """The class of the module that LEAN runs: of those that derive from QCAlgorithm, the last one by its name.

    (`AlgorithmPythonWrapper.cs` goes through `dir(module)`.) Where another could be meant, the log says which it is.
    """
    from leanib.engine.algorithm import QCAlgorithm

    own = [value for name in dir(module) if _is_own(value := getattr(module, name), module, QCAlgorithm)]
    if not own:
        raise UsageError(f"{path} has no class that derives from QCAlgorithm; add `class MyAlgorithm(QCAlgorithm):`")
    found: type[QCAlgorithm] = own[-1]
    others = sorted({kind.__name__ for kind in own if kind is not found and not issubclass(found, kind)})
    if others:
        _log.warning(
            "%s has several algorithms: %s runs, the last by its name as in LEAN, and not %s; keep one a file",
            path,
            found.__name__,
            ", ".join(others),
        )
    return found


def _is_own(value: object, module: ModuleType, base: type) -> bool:
    return isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__
