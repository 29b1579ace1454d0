"""The comparison of two backtests as one HTML file that opens offline."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable

from leanib.operations.compare import Comparison, Points
from leanib.report import plotly_script

__all__ = ["comparison_html"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }}
body {{ max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #8884; }}
td {{ font-variant-numeric: tabular-nums; }}
th:first-child, td:first-child {{ text-align: left; }}
.differs {{ background: #e5484d33; }}
#equity {{ height: 420px; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{verdict}</p>
<h2>Equity</h2>
<div id="equity"></div>
<h2>Statistics</h2>
<table><thead><tr><th></th><th>{left}</th><th>{right}</th></tr></thead><tbody>
{rows}
</tbody></table>
<h2>Orders</h2>
{orders}
<script>{plotly}</script>
<script>
const curves = {curves};
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
Plotly.newPlot("equity", curves, {{
  xaxis: {{ type: "date" }}, margin: {{ t: 10, r: 10 }}, legend: {{ orientation: "h" }}, hovermode: "x unified",
  paper_bgcolor: "transparent", plot_bgcolor: "transparent", font: {{ color: dark ? "#ddd" : "#222" }},
}}, {{ responsive: true, displaylogo: false }});
</script>
</body>
</html>
"""


def comparison_html(comparison: Comparison, verdict: str, orders: Iterable[str]) -> str:
    """The page's text; `orders` are the lines that tell the first order that differs."""
    left, right = comparison.left, comparison.right
    names = _names(left.name, right.name)
    curves = [_curve(names[0], left.equity, "solid"), _curve(names[1], right.equity, "dot")]
    return _PAGE.format(
        title=html.escape(f"{names[0]} and {names[1]}"),
        verdict=html.escape(verdict),
        left=html.escape(names[0]),
        right=html.escape(names[1]),
        rows="\n".join(_row(row.name, row.left, row.right, row.differs) for row in comparison.rows),
        orders="<pre>" + html.escape("\n".join(orders)) + "</pre>",
        plotly=plotly_script(),
        curves=json.dumps(curves, separators=(",", ":")).replace("</", "<\\/"),
    )


def _names(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left != right else (f"{left} (A)", f"{right} (B)")


def _row(name: str, left: str | None, right: str | None, differs: bool) -> str:
    cells = "".join(f"<td>{html.escape('-' if text is None else str(text))}</td>" for text in (left, right))
    return f"<tr{' class=differs' if differs else ''}><td>{html.escape(name)}</td>{cells}</tr>"


def _curve(name: str, points: Points, dash: str) -> dict[str, object]:
    times = sorted(points)
    return {
        "name": name,
        "x": [time * 1000 for time in times],
        "y": [points[time] for time in times],
        "mode": "lines",
        "line": {"dash": dash},
    }
