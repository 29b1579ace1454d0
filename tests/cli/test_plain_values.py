"""Plain values of options pass by pydantic, and are what Typer would have made of them."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.main import get_command

from leanib.cli.plain_values import take_plainly


class Side(Enum):
    LEFT = "left"
    RIGHT = "right"


def taken(words, plainly):
    """What a command is given for these words, or what Typer says to them."""
    given = []
    app = typer.Typer()

    @app.command()
    def command(
        file: Path,
        rest: Annotated[list[str] | None, typer.Argument()] = None,
        text: str = "usual",
        none: str | None = None,
        folder: Path | None = None,
        there: Annotated[Path | None, typer.Option(exists=True)] = None,
        side: Side = Side.LEFT,
        many: list[str] | None = None,
        numbers: list[int] | None = None,
        number: Annotated[int, typer.Option(min=1)] = 5,
        share: float = 0.5,
        pair: tuple[str, str] = ("", ""),
        flag: bool = False,
    ) -> None:
        given.append(
            (file, rest, text, none, folder, there, side, many, numbers, number, share, pair, flag),
        )

    entry = get_command(app)
    try:
        (take_plainly(entry) if plainly else entry)(args=words, standalone_mode=False)
    except Exception as error:
        return type(error), error.format_message()
    return given


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["a.py"],
        ["a.py", "b", "c"],
        ["", "--text", "", "--none", "x", "--flag"],
        ["a.py", "--folder", ".", "--there", ".", "--side", "right", "--many", "x", "--many", "y"],
        ["a.py", "--folder", "absent", "--numbers", "1", "--numbers", "2", "--number", "7", "--share", "1"],
        ["a.py", "--pair", "x", "y"],
        ["a.py", "--there", "absent"],
        ["a.py", "--side", "top"],
        ["a.py", "--number", "0"],
        ["a.py", "--number", "x"],
        ["a.py", "--text"],
    ],
)
def test_values_are_those_of_typer(words):
    """So are the words that it refuses."""
    assert taken(words, plainly=True) == taken(words, plainly=False)
