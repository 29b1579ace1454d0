"""Dates, cash, warm-up, parameters and names (`Algorithm/QCAlgorithm.cs`, `QCAlgorithm.History.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.modes import AlgorithmMode, DeploymentTarget
from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.dotnet.collections import Dictionary, HashSet
from leanib.engine.dotnet.event import Event
from leanib.engine.dotnet.exceptions import NoMethodMatches, RefusedArgument
from leanib.engine.dotnet.overloads import takes_at_least
from leanib.engine.market.base_data import END_OF_TIME
from leanib.engine.market.calendars import midnight
from leanib.engine.market.time import Time
from leanib.engine.numbers import to_decimal
from leanib.engine.securities import TimeKeeper
from leanib.engine.symbols import Resolution, Symbol
from leanib.engine.timezones import DateTimeZone, TimeZones
from leanib.engine.timezones.utc_time import UtcDateTime

if TYPE_CHECKING:
    from leanib.engine.market.universe import UniverseManager, UniverseSettings
    from leanib.engine.scheduling import ScheduleManager
    from leanib.engine.securities import SecurityManager, SecurityPortfolioManager
    from leanib.engine.securities.settings import AlgorithmSettings

__all__ = ["LifeCycle"]

_ONE_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class LifeCycle(AlgorithmPart):
    """The part of QCAlgorithm that says when it runs, on what money, and under what name.

    `name_updated` and `tags_updated` call their handlers with the algorithm and the new value, once it is initialized.
    """

    _qc_wall_clock = staticmethod(_utc_now)

    MAX_TAGS_COUNT = 100
    MAX_NAME_AND_TAGS_LENGTH = 200

    if TYPE_CHECKING:
        settings: AlgorithmSettings
        schedule: ScheduleManager
        securities: SecurityManager
        portfolio: SecurityPortfolioManager
        universe_manager: UniverseManager
        universe_settings: UniverseSettings
        debug: Any
        log: Any
        history_start_of_bars: Any

    def _qc_init_life_cycle(self) -> None:
        self.name = type(self._qc_users).__name__
        self.tags: HashSet[str] = HashSet()
        self.name_updated, self.tags_updated = Event(), Event()
        self.algorithm_id = ""
        self.project_id = 0
        self.is_warming_up = True
        self.live_mode = False
        self.algorithm_mode = AlgorithmMode.BACKTESTING
        self.deployment_target = DeploymentTarget.LOCAL_PLATFORM
        self._qc_locked = False
        self._qc_parameters: dict[str, str] = {}
        self._qc_parameters_read: set[str] = set()
        self._qc_parameters_unfit: set[str] = set()
        self._qc_warm_up_span: timedelta | None = None
        self._qc_warm_up_bars: int | None = None
        self.start_date = datetime(1998, 1, 1)
        self.time_keeper = TimeKeeper(self.start_date, [TimeZones.NEW_YORK])
        self._qc_local_time_keeper = self.time_keeper.get_local_time_keeper(TimeZones.NEW_YORK)
        self.end_date = END_OF_TIME
        self._qc_base.set_end_date(self._qc_wall_time())

    # --- time ----------------------------------------------------------------------------------------------------

    @property
    def time(self) -> datetime:
        """Now, in the algorithm's time zone."""
        return self._qc_local_time_keeper.local_time

    @property
    def utc_time(self) -> datetime:
        """Now, in UTC, with its zone."""
        return UtcDateTime.of(self.time_keeper.utc_time)

    @property
    def time_zone(self) -> DateTimeZone:
        """The algorithm's time zone."""
        return self._qc_local_time_keeper.time_zone

    def set_date_time(self, utc_time: datetime) -> None:
        """Move the algorithm's clock; the warm-up ends with the start date."""
        self.time_keeper.set_utc_date_time(utc_time)
        if self.is_warming_up and self._qc_locked and self._qc_base.time >= self.start_date:
            self._qc_base.set_finished_warming_up()

    def set_time_zone(self, time_zone: DateTimeZone | str) -> None:
        """The time zone that the algorithm's times are in."""
        self._qc_require_unlocked("set_time_zone")
        zone = DateTimeZone.of(time_zone) if isinstance(time_zone, str) else time_zone
        self._qc_local_time_keeper = self.time_keeper.get_local_time_keeper(zone)
        self.schedule.set_default_time_zone(zone)
        if self.live_mode:
            self.start_date = self._qc_base.time
            return
        self._qc_base.set_date_time(zone.to_utc(self.start_date))

    def set_start_date(self, *day: object, **named: object) -> None:
        """`set_start_date(year, month, day)` or `set_start_date(date)`; live it starts now, whatever is said."""
        if self.live_mode:
            return
        start = _as_day(day, named)
        if start < datetime(1900, 1, 1):
            raise RefusedArgument("Please select a start date after January 1st, 1900.")
        if start > midnight(self._qc_wall_time()):
            raise RefusedArgument("Please select start date less than today")
        self._qc_require_unlocked("set_start_date")
        self.start_date = start
        self._qc_base.set_date_time(self._qc_base.time_zone.to_utc(start))

    def set_end_date(self, *day: object, **named: object) -> None:
        """`set_end_date(year, month, day)` or `set_end_date(date)`: the run includes that day; at most yesterday.

        Yesterday is that of the algorithm's time zone, wherever the machine stands. Live there is no end, whatever is
        said.
        """
        if self.live_mode:
            return
        self._qc_require_unlocked("set_end_date")
        end = min(_as_day(day, named), midnight(self._qc_wall_time()) - _ONE_DAY)
        self.end_date = end + _ONE_DAY - _TICK

    def _qc_wall_time(self) -> datetime:
        """The time of this moment, in the algorithm's time zone; not the run's."""
        return self._qc_base.time_zone.to_local(self._qc_wall_clock())

    # --- initialization ------------------------------------------------------------------------------------------

    def set_live_mode_start_date(self, utc_time: datetime) -> None:
        """Live: it starts now (naive UTC), and has no end."""
        self._qc_base.set_date_time(utc_time)
        self.start_date = self._qc_base.time
        self.end_date = Time.END_OF_TIME

    def set_locked(self) -> None:
        """The algorithm is initialized: what belongs to initialize() is refused from now on."""
        self._qc_locked = True
        self.name_updated(self._qc_users, self.name)
        self.tags_updated(self._qc_users, self.tags)

    def get_locked(self) -> bool:
        """Whether the algorithm is initialized."""
        return self._qc_locked

    def _qc_require_unlocked(self, method: str) -> None:
        if self._qc_locked:
            raise RefusedArgument(
                f"{method}() cannot be called after the algorithm is initialized; call it in initialize()"
            )

    # --- money ---------------------------------------------------------------------------------------------------

    @property
    def account_currency(self) -> str:
        """The currency of the account."""
        return self.portfolio.cash_book.account_currency

    def set_account_currency(self, account_currency: str, starting_cash: float | None = None) -> None:
        """The currency of the account; call it before anything else."""
        self._qc_require_unlocked("set_account_currency")
        change = f"Changing account currency from {self._qc_base.account_currency} to {account_currency}"
        cash = "" if starting_cash is None else f", with a starting cash of {to_decimal(starting_cash)}"
        self._qc_base.debug(f"{change}{cash}...")
        self.portfolio.set_account_currency(account_currency, starting_cash)

    @takes_at_least(1)
    def set_cash(self, *cash: Any, **named: Any) -> None:
        """`set_cash(starting_cash)`, or `set_cash(symbol, starting_cash[, conversion_rate])` for another currency."""
        self._qc_require_unlocked("set_cash")
        values = list(cash)
        symbol = named.get("symbol") or (values.pop(0) if values and isinstance(values[0], str) else None)
        if not values and "starting_cash" not in named:
            raise NoMethodMatches("SetCash", *cash)
        amount = to_decimal(named["starting_cash"] if "starting_cash" in named else values.pop(0))
        if symbol is None:
            self.portfolio.set_cash(amount)
            return
        self.portfolio.set_cash(symbol, amount, to_decimal(values[0] if values else named.get("conversion_rate", 0)))

    # --- warm-up -------------------------------------------------------------------------------------------------

    def set_warm_up(
        self,
        span: int | timedelta | None = None,
        resolution: Resolution | None = None,
        *,
        bar_count: int | None = None,
        time_span: timedelta | None = None,
    ) -> None:
        """Run so many bars, or so much time, before the start date, without trading.

        What comes first is called `bar_count` or `time_span` by LEAN's overloads.
        """
        self._qc_require_unlocked("set_warm_up")
        span = next((given for given in (span, bar_count, time_span) if given is not None), None)
        if span is None:
            raise NoMethodMatches("SetWarmUp")
        self._qc_warm_up_span = span if isinstance(span, timedelta) else None
        self._qc_warm_up_bars = None if isinstance(span, timedelta) else int(span)
        self.settings.warmup_resolution = resolution

    set_warmup = set_warm_up

    def set_finished_warming_up(self) -> None:
        """The warm-up is over."""
        self.is_warming_up = False

    def warm_up_start(self) -> datetime | None:
        """When the warm-up starts, in the algorithm's zone; None when there is none."""
        if self._qc_warm_up_span is not None:
            return self._qc_base.time - self._qc_warm_up_span
        if self._qc_warm_up_bars is None:
            return None
        start: datetime | None = self._qc_base.history_start_of_bars(
            list(self.securities.keys()), self._qc_warm_up_bars, self.settings.warmup_resolution
        )
        return self._qc_start_by_universes(self._qc_warm_up_bars) if start is None else start

    def _qc_start_by_universes(self, bars: int) -> datetime:
        resolution = self.settings.warmup_resolution or self.universe_settings.resolution
        start = self._qc_base.time - bars * resolution.to_time_span()
        for universe in self.universe_manager.values():
            found = self._qc_base.history_start_of_bars([universe.symbol], bars, self.settings.warmup_resolution)
            start = min(start, found or start)
        return start

    # --- parameters, names, modes --------------------------------------------------------------------------------

    def get_parameter(self, name: str, default_value: Any = None) -> Any:
        """A parameter's value; when a default is given, converted to its type, or the default when that fails.

        LEAN takes the default in silence; here a message says so, once.
        """
        self._qc_parameters_read.add(name)
        text = self._qc_parameters.get(name)
        if text is None or default_value is None or isinstance(default_value, str):
            return default_value if text is None else text
        try:
            if isinstance(default_value, bool):
                return text.strip().lower() in ("true", "1")
            return Decimal(text) if isinstance(default_value, Decimal) else type(default_value)(text)
        except (ValueError, ArithmeticError):
            if name not in self._qc_parameters_unfit:
                self._qc_parameters_unfit.add(name)
                kind = {int: "whole number", float: "number", Decimal: "number"}.get(type(default_value), "such value")
                self._qc_base.debug(
                    f"Warning: the parameter {name} is no {kind}: '{text}'; {default_value} is used instead"
                )
            return default_value

    def get_parameters(self) -> Dictionary[str, str]:
        """All parameters."""
        self._qc_parameters_read.update(self._qc_parameters)
        return Dictionary(self._qc_parameters)

    def _qc_unread_parameters(self) -> list[str]:
        """The parameters that nobody has asked for."""
        return [name for name in self._qc_parameters if name not in self._qc_parameters_read]

    def set_parameters(self, parameters: Mapping[str, str]) -> None:
        """The parameters of the run."""
        self._qc_parameters = dict(parameters)

    def set_name(self, name: str) -> None:
        """The algorithm's name, cut to 200 characters."""
        self.name = name[: self.MAX_NAME_AND_TAGS_LENGTH]
        if self._qc_locked:
            self.name_updated(self._qc_users, self.name)

    def add_tag(self, tag: str) -> None:
        """One more tag, cut to 200 characters; at most 100 are kept."""
        if not tag or not tag.strip():
            return
        if len(self.tags) >= self.MAX_TAGS_COUNT:
            limit = self.MAX_TAGS_COUNT
            self._qc_base.log(f"Warning: AddTag({tag}): Unable to add tag. Tags are limited to a maximum of {limit}.")
            return
        self.tags.add(tag[: self.MAX_NAME_AND_TAGS_LENGTH])
        if self._qc_locked:
            self.tags_updated(self._qc_users, self.tags)

    def set_tags(self, tags: Iterable[str]) -> None:
        """The algorithm's tags."""
        self.tags = HashSet(tags)

    def set_algorithm_id(self, algorithm_id: str) -> None:
        """The run's identifier."""
        self.algorithm_id = algorithm_id

    def set_algorithm_mode(self, algorithm_mode: AlgorithmMode) -> None:
        """Backtest, optimization or live."""
        if not self._qc_locked:
            self.algorithm_mode = algorithm_mode
            self.live_mode = algorithm_mode is AlgorithmMode.LIVE

    def set_deployment_target(self, deployment_target: DeploymentTarget) -> None:
        """Where the algorithm runs."""
        if not self._qc_locked:
            self.deployment_target = deployment_target

    def set_live_mode(self, live: bool) -> None:
        """Whether the algorithm runs live."""
        if not self._qc_locked:
            self.live_mode = live

    # --- symbols -------------------------------------------------------------------------------------------------

    def symbol(self, ticker: str) -> Symbol:
        """The symbol that a ticker means in this algorithm."""
        from leanib.engine.symbols import SymbolCache

        return SymbolCache.get_symbol(ticker)

    def ticker(self, symbol: Symbol) -> str:
        """The present ticker of a symbol."""
        return symbol.value


def _as_day(day: tuple[Any, ...], named: Mapping[str, Any]) -> datetime:
    try:
        if named.keys() & {"start", "end", "date"}:
            day, named = tuple(named.values()), {}
        if len(day) == 1:
            first = day[0]
            moment = first if isinstance(first, date) else first.to_pydatetime()
            return midnight(moment)
        return datetime(*day, **named)
    except (TypeError, ValueError, AttributeError) as error:
        raise RefusedArgument(f"Date Invalid: {error}; give a year, a month and a day") from error
