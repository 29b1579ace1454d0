"""`leanib data generate`: LEAN's options as typed, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leanib.cli.data import app
from leanib.data.info import folder_info
from leanib.errors import UsageError

LEAN_OPTIONS = [
    "--start",
    "--end",
    "--symbol-count",
    "--tickers",
    "--security-type",
    "--resolution",
    "--data-density",
    "--include-coarse",
    "--market",
    "--quote-trade-ratio",
    "--random-seed",
    "--ipo-percentage",
    "--rename-percentage",
    "--splits-percentage",
    "--dividends-percentage",
    "--dividend-every-quarter-percentage",
    "--option-price-engine",
    "--volatility-model-resolution",
    "--chain-symbol-count",
    "--lean-config",
    "--verbose",
]


def generate(*words: object) -> str:
    """Run it; what it says."""
    done = CliRunner().invoke(app, ["generate", *map(str, words)], env={"COLUMNS": "200"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_it_has_lean_s_options() -> None:
    """All but those of the container."""
    shown = generate("--help")
    assert [name for name in LEAN_OPTIONS if not re.search(rf"{name}\b", shown)] == []


def test_a_line_of_lean_s_help_works(tmp_path: Path) -> None:
    """With its spelling of days and names, and the seed told that makes the same again."""
    said = generate(
        "--start=20200302", "--end=20200306", "--symbol-count=2", "--security-type=Crypto", "--resolution=Daily",
        "--data-folder", tmp_path,
    )  # fmt: skip
    assert "2 made-up crypto symbols, 4 price files" in said
    assert re.search(r"--random-seed \d+ makes the same again", said)
    assert {one.series.kind for one in folder_info(tmp_path)} == {"crypto"}


def test_lean_json_names_the_folder(tmp_path: Path) -> None:
    """Below its own folder; `--include-coarse` takes a value as LEAN's does."""
    (tmp_path / "lean.json").write_text('{"data-folder": "prices"}')
    generate(
        "--start", "20200302", "--end", "20200303", "--tickers", "abc,xyz", "--include-coarse", "false", "--verbose",
        "--lean-config", tmp_path / "lean.json",
    )  # fmt: skip
    assert {one.series.ticker for one in folder_info(tmp_path / "prices")} == {"abc", "xyz"}
    assert not (tmp_path / "prices" / "equity" / "usa" / "fundamental").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--image", "quantconnect/lean"], "for LEAN's container"),
        (["--update"], "for LEAN's container"),
        (["--symbol-count", "2"], "say from which day on: --start"),
        (["--start", "20201301", "--symbol-count", "2"], "--start 20201301 is no day"),
        (["--start", "20200302", "--symbol-count", "2", "--include-coarse", "maybe"], "neither true nor false"),
        (["--sample", "--symbol-count", "2"], "leave out --symbol-count"),
        (["there", "--data-folder", "here", "--start", "20200302"], "name the data folder once"),
    ],
)
def test_what_is_refused(words: list[str], sentence: str) -> None:
    """In one sentence."""
    with pytest.raises(UsageError, match=sentence):
        generate(*words)


def test_the_sample_takes_no_user_s_data_away(tmp_path: Path) -> None:
    """A folder that holds anything else is refused, whatever it is."""
    generate("--start", "20200302", "--end", "20200303", "--tickers", "abc", "--data-folder", tmp_path)
    with pytest.raises(UsageError, match="would take the place of ABC"):
        generate(tmp_path)
    assert folder_info(tmp_path)
