"""Tables that fit into 80 columns."""

from __future__ import annotations

from typing import Literal

from rich import box
from rich.table import Table

__all__ = ["compact"]


def compact(*columns: str, right: range = range(0), whole: range = range(0)) -> Table:
    """A table with little space between its columns; those in `right` are aligned to the right, and nothing is cut.

    What stands in the columns `whole` is not broken into lines as long as others can be.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for number, name in enumerate(columns):
        side: Literal["left", "right"] = "right" if number in right else "left"
        table.add_column(name, justify=side, overflow="fold", no_wrap=number in whole)
    return table
