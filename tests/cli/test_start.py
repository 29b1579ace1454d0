"""What a backtest does not import or read: its start is short because of it."""

import subprocess
import sys
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"
ALGORITHM = """
from AlgorithmImports import *


class Simple(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2001, 3, 4)
        self.set_end_date(2001, 3, 8)
        self.add_equity("AAPL", Resolution.DAILY)

    def on_data(self, data):
        if not self.portfolio.invested:
            self.set_holdings("AAPL", 1)
"""
RUN = """
import sys
from leanib.cli.main import main
from leanib.engine.naming.missing import lean_members

code = main(["backtest", "main.py", "--data-folder", sys.argv[1], "--output", "results", "--no-report", "--json"])
unwanted = (
    "asyncio docker email http ib_async importlib.metadata json5 matplotlib pandas plotly pydantic rich socket sqlite3 "
    "statistics structlog"
)
found = [name for name in unwanted.split() if name in sys.modules]
print(code, found, lean_members.cache_info().currsize, file=sys.stderr)
"""


def test_a_backtest_imports_only_what_it_needs(tmp_path):
    """Of what others need only: neither pandas nor pydantic, nor the table of members that LEAN alone has."""
    (tmp_path / "main.py").write_text(ALGORITHM, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(DATA)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert '"Total Orders": "1"' in done.stdout
    assert done.stderr.splitlines()[-1] == "0 [] 0"
