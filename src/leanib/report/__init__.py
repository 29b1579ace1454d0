"""One HTML file that shows a run: opens offline, light and dark. Reads LEAN's result file as well as ours."""

from leanib.report.page import report_html

__all__ = ["report_html"]
