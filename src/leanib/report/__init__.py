"""Pages that show runs: one HTML file each, opens offline, light and dark. Reads LEAN's result file as well as ours."""

from leanib.report.candles import Candles, PriceSource, read_candles
from leanib.report.details import RunDetails, SourceFile, details_beside, read_source
from leanib.report.page import asset, framed_page, report_html
from leanib.report.result_files import find_result, read_missing_data, read_result

__all__ = [
    "Candles",
    "PriceSource",
    "RunDetails",
    "SourceFile",
    "asset",
    "details_beside",
    "find_result",
    "framed_page",
    "read_candles",
    "read_missing_data",
    "read_result",
    "read_source",
    "report_html",
]
