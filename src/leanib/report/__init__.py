"""One HTML file that shows a run: opens offline, light and dark. Reads LEAN's result file as well as ours."""

from leanib.report.page import plotly_script, report_html
from leanib.report.result_files import find_result, read_missing_data, read_result

__all__ = ["find_result", "plotly_script", "read_missing_data", "read_result", "report_html"]
