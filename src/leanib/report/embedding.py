"""What a page carries inside itself: the chart library and the data, so that it opens offline.

Both are compressed, which makes a page less than half as large; the browser unpacks them (`DecompressionStream`, in
every browser since 2023). Base64 holds no character that HTML knows, so nothing in a run's names, tags or log can
end a script or start one.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import tempfile
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from leanib.errors import ConfigurationError

__all__ = ["json_script", "packed_data", "packed_plotly"]

_FAST = 3
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def json_script(data: Any) -> str:
    """JSON for the inside of a script element: nothing in it can end the element."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def packed_data(data: Any) -> str:
    """Data as compressed, base64 text; numbers that JSON does not know (NaN, infinite) become null."""
    text = json.dumps(_finite(data), separators=(",", ":"))
    return _packed(text.encode("utf-8"))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0.0 else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def _packed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, _FAST)).decode("ascii")


@cache
def packed_plotly() -> str:
    """Plotly's script, compressed, from the installed package; kept in the user's cache folder for the next page.

    Importing the package itself would take longer than a backtest.

    Raises:
        ConfigurationError: Plotly is not installed.
    """
    script = _plotly_file()
    content = script.stat()
    kept = _cache_folder() / f"plotly-{content.st_size}-{content.st_mtime_ns}.b64"
    with suppress(OSError):
        return kept.read_text(encoding="ascii")
    text = _packed(script.read_bytes())
    with suppress(OSError):  # a cache that cannot be written costs a tenth of a second a page, nothing else
        _write(kept, text)
    return text


def _plotly_file() -> Path:
    spec = importlib.util.find_spec("plotly")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        script = Path(folder) / "package_data" / "plotly.min.js"
        if script.is_file():
            return script
    raise ConfigurationError(
        "plotly is not installed, so no report can be made; pip install plotly, or use --no-report"
    )


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "leanib"


def _write(file: Path, text: str) -> None:
    """Whole or not at all: two runs may write it at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="ascii") as part:
        part.write(text)
    Path(part.name).replace(file)
