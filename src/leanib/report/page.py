"""The page itself: a template, its style and its script, Plotly, and the data, in one file."""

from __future__ import annotations

import html
import importlib.util
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from leanib import __version__
from leanib.errors import ConfigurationError
from leanib.report.figures import PriceHistory, report_data

__all__ = ["plotly_script", "report_html"]

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_HERE = Path(__file__).parent


def report_html(
    result: Mapping[str, Any], title: str, prices: PriceHistory | None = None, missing: Sequence[str] = ()
) -> str:
    """The report of a result (LEAN's JSON, parsed), as the text of an HTML file.

    `missing` says, a sentence each, which data the run asked for and did not get.
    """
    data = report_data(result, prices)
    configuration = result.get("algorithmConfiguration") or {}
    data["title"] = title
    data["missing"] = list(missing)
    data["start"] = str(configuration.get("startDate") or "")[:10]
    data["end"] = str(configuration.get("endDate") or "")[:10]
    data["currency"] = configuration.get("accountCurrency") or "USD"
    data["state"] = result.get("state") or {}
    data["engine"] = f"leanib {__version__}"
    parts = {
        "title": html.escape(title),
        "style": _asset("page.css"),
        "plotly": plotly_script(),
        "data": json.dumps(data, separators=(",", ":")).replace("</", "<\\/"),
        "script": _asset("page.js"),
    }
    return _PLACE.sub(lambda place: parts[place[1]], _asset("page.html"))


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def plotly_script() -> str:
    """Plotly's script, from the installed package: importing the package itself would take longer than a backtest."""
    spec = importlib.util.find_spec("plotly")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        script = Path(folder) / "package_data" / "plotly.min.js"
        if script.is_file():
            return script.read_text(encoding="utf-8")
    raise ConfigurationError(
        "plotly is not installed, so no report can be made; pip install plotly, or use --no-report"
    )
