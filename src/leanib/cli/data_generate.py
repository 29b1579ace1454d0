"""`leanib data generate`: made-up data with the options of `lean data generate`, or the project's sample data again."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from leanib.cli.data_convert import one_day, tell_tables
from leanib.cli.generate_options import (
    ChainOption,
    CoarseOption,
    DataFolderOption,
    DensityOption,
    DividendsOption,
    EndOption,
    EngineOption,
    FolderArgument,
    ImageOption,
    IpoOption,
    LeanConfigOption,
    MarketOption,
    OverwriteOption,
    QuarterlyOption,
    RatioOption,
    RenameOption,
    ResolutionOption,
    SampleOption,
    SecurityTypeOption,
    SeedOption,
    SplitsOption,
    StartOption,
    SymbolCountOption,
    TickersOption,
    UpdateOption,
    VerboseOption,
    VolatilityOption,
)
from leanib.cli.ib_session import INTERRUPTED
from leanib.cli.progress import BarOrLines
from leanib.data.folder import bring_tables
from leanib.data.generate.main import foreign_series
from leanib.errors import UsageError
from leanib.operations.generate import GenerateSettings, Generation, Made

__all__ = ["generate_command"]

_SHOWN = 12
_EVERY = 10.0
_YES, _NO = frozenset({"true", "1", "yes", "y", "t", "on"}), frozenset({"false", "0", "no", "n", "f", "off"})
_OF_EITHER = frozenset({"folder", "data_folder", "lean_config", "verbose", "sample"})


def generate_command(
    context: typer.Context,
    folder: FolderArgument = None,
    start: StartOption = "",
    end: EndOption = "",
    symbol_count: SymbolCountOption = 0,
    tickers: TickersOption = "",
    security_type: SecurityTypeOption = "equity",
    resolution: ResolutionOption = "minute",
    data_density: DensityOption = "dense",
    include_coarse: CoarseOption = "true",
    market: MarketOption = "",
    quote_trade_ratio: RatioOption = 1.0,
    random_seed: SeedOption = None,
    ipo_percentage: IpoOption = 5.0,
    rename_percentage: RenameOption = 30.0,
    splits_percentage: SplitsOption = 15.0,
    dividends_percentage: DividendsOption = 60.0,
    dividend_every_quarter_percentage: QuarterlyOption = 30.0,
    option_price_engine: EngineOption = "BaroneAdesiWhaleyApproximationEngine",
    volatility_model_resolution: VolatilityOption = "daily",
    chain_symbol_count: ChainOption = 10,
    overwrite: OverwriteOption = False,
    data_folder: DataFolderOption = None,
    lean_config: LeanConfigOption = None,
    sample: SampleOption = False,
    verbose: VerboseOption = False,
    image: ImageOption = "",
    update: UpdateOption = False,
) -> None:
    """Make up market data: a seeded random walk with splits, dividends, new names and chains; or the sample again.

    With the options of `lean data generate`; without any of them the project's sample data is written (--sample).
    """
    if image or update:
        raise UsageError("--image and --update are for LEAN's container, which leanib does without; leave them out")
    root = _folder(folder, data_folder, lean_config)
    given = {name for name in context.params if _is_given(context, name)} - _OF_EITHER
    if sample or not given:
        _write_sample(root, given)
        return
    if not start:
        raise UsageError("say from which day on: --start 20240102")
    first, last = one_day(start, "--start"), one_day(end, "--end")
    assert first is not None
    settings = GenerateSettings(
        first, last or dt.datetime.now(dt.UTC).date(), symbol_count, tuple(tickers.split(",")), security_type,
        resolution, data_density, _yes("--include-coarse", include_coarse), market, quote_trade_ratio, random_seed,
        ipo_percentage, rename_percentage, splits_percentage, dividends_percentage, dividend_every_quarter_percentage,
        option_price_engine, volatility_model_resolution, chain_symbol_count, overwrite,
    )  # fmt: skip
    _make(root, settings, verbose)


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _yes(option: str, text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise UsageError(f"{option} {text} is neither true nor false")
    return text.lower() in _YES


def _folder(folder: Path | None, data_folder: Path | None, lean_config: Path | None) -> Path:
    """Named in one of three ways."""
    named = [one for one in (folder, data_folder, lean_config) if one is not None]
    if len(named) > 1:
        raise UsageError("name the data folder once: as the argument, with --data-folder, or by --lean-config")
    if lean_config is not None:
        from leanib.engine.configuration import load_configuration

        return load_configuration(lean_config.parent, lean_config).named_data_folder()
    return named[0] if named else Path("data")


def _write_sample(folder: Path, given: set[str]) -> None:
    if given:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(given))
        raise UsageError(f"--sample writes the sample data as it is; leave out {names}")
    from leanib.data.generate import generate as write

    other = foreign_series(folder)
    if other is not None:
        raise UsageError(
            f"the sample data would take the place of {other} in {folder}, which is none of it; give another folder, "
            "or make data up with --start and --symbol-count"
        )
    write(folder)
    print(f"sample data written to {folder}")


def _make(folder: Path, settings: GenerateSettings, verbose: bool) -> None:
    tell_tables(folder, bring_tables(folder))
    meter = _Meter(settings)
    run = Generation(folder, settings, meter.reached)
    wanted = len(settings.tickers) or settings.symbol_count
    if run.count < wanted:
        few = f"{settings.market} has {run.count} symbols of {settings.security_type}, not {wanted}: all are made up"
        typer.echo(few, err=True)
    made: list[Made] = []
    meter.begin(run.count)
    try:
        for one in run.symbols():
            made.append(one)
            meter.done(len(made))
            if verbose or len(made) <= _SHOWN:
                _tell(one, meter.tell, verbose)
    except KeyboardInterrupt:
        typer.echo(f"stopped; {len(made)} of {run.count} symbols are written", err=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        meter.close()
    more = f" ({len(made) - _SHOWN:,} more)" if len(made) > _SHOWN and not verbose else ""
    files = sum(one.files for one in made)
    what = f"{len(made):,} made-up {settings.security_type} symbol{'' if len(made) == 1 else 's'}{more}"
    print(f"{what}, {files:,} price files, written to {folder}; --random-seed {settings.seed} makes the same again")


def _tell(made: Made, tell: Callable[[str], None], verbose: bool) -> None:
    span = f"{made.first} to {made.last}" if made.first else "no price"
    count = f", {len(made.events)} event{'' if len(made.events) == 1 else 's'}" if made.events else ""
    tell(f"{made.name}: {span}{'' if verbose else count}")
    for event in made.events if verbose else ():
        tell(f"  {event}")


class _Meter(BarOrLines):
    """How far it is."""

    def __init__(self, settings: GenerateSettings) -> None:
        super().__init__()
        self._settings = settings
        self._days = max((settings.end - settings.start).days, 1)
        self._done, self._count = 0, 1

    def begin(self, count: int) -> None:
        """So many symbols are to be made."""
        self._count = count
        if sys.stderr.isatty():
            from rich.progress import TimeRemainingColumn

            self.open(1.0, TimeRemainingColumn())

    def reached(self, name: str, date: dt.date) -> None:
        """A symbol has come to a day."""
        share = min((self._done + (date - self._settings.start).days / self._days) / self._count, 1.0)
        self.move(share, 1.0, name)

    def done(self, count: int) -> None:
        """So many symbols are written."""
        self._done = count
