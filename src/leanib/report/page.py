"""The pages themselves: one frame with style, scripts, chart library and data, in one file that opens offline."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from leanib import __version__
from leanib.report.details import RunDetails
from leanib.report.embedding import json_script, packed_data, packed_plotly
from leanib.report.figures import report_data

__all__ = ["asset", "framed_page", "report_html"]

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_ASSETS = Path(__file__).parent / "assets"
_COMMON = ("format.js", "start.js", "chart.js", "tables.js")


def report_html(result: Mapping[str, Any], title: str, details: RunDetails | None = None) -> str:
    """The report of a result (LEAN's JSON, parsed), as the text of an HTML file."""
    configuration = result.get("algorithmConfiguration") or {}
    data = report_data(result, details) | {
        "title": title,
        "start": str(configuration.get("startDate") or "")[:10],
        "end": str(configuration.get("endDate") or "")[:10],
        "state": result.get("state") or {},
    }
    scripts = ("panels.js", "trades.js", "returns.js", "report.js")
    return framed_page(title, asset("report.html"), data, scripts)


def framed_page(title: str, body: str, data: Mapping[str, Any], scripts: Sequence[str]) -> str:
    """A page: `body` is our own HTML, `data` what the named scripts (of the folder `assets`) draw from."""
    parts = {
        "title": html.escape(title),
        "style": asset("page.css"),
        "body": body,
        "engine": json_script(f"leanib {__version__}"),
        "plotly": packed_plotly(),
        "data": packed_data(data),
        "script": "\n".join(asset(name) for name in (*_COMMON, *scripts)),
    }
    return _PLACE.sub(lambda place: parts[place[1]], asset("frame.html"))


def asset(name: str) -> str:
    """A file of the folder `assets`."""
    return (_ASSETS / name).read_text(encoding="utf-8")
