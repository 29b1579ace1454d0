"""The page of failure modes names tests that exist."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ROWS = [row for row in (PROJECT / "docs" / "failure-modes.md").read_text().splitlines() if re.match(r"\| \d+ \|", row)]


def test_the_modes_are_numbered_without_a_gap():
    """From one on."""
    assert [int(row.split("|")[1]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    assert len(ROWS) >= 75


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_each_mode_names_its_report_and_a_test_that_exists(row: str):
    """The file, and the function where one is named."""
    assert all(cell.strip() for cell in row.strip("|").split("|"))
    file, _, name = re.search(r"`(tests/[^`]+)`", row).group(1).partition("::")
    text = (PROJECT / file).read_text()
    assert not name or re.search(rf"def {name}\(", text)
