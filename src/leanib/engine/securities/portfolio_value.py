"""What an account is worth, and what it has earned (`Common/Securities/SecurityPortfolioManager.cs`)."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from leanib.engine.naming import LeanNames
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.numbers.exact import FloatView
from leanib.engine.securities.positions import SecurityPositionGroupModel
from leanib.engine.securities.user_models import is_users

if TYPE_CHECKING:
    from leanib.engine.securities.cash import Cash
    from leanib.engine.securities.cash_book import CashBook
    from leanib.engine.securities.manager import SecurityManager
    from leanib.engine.securities.security import Security

__all__ = ["PortfolioValue"]

# What does not count with its full value: currencies are in the cash book already, the others never were paid.


class PortfolioValue(LeanNames):
    """The part of the portfolio that sums up: amounts in the account currency, exact under `_decimal` names."""

    total_absolute_holdings_cost = FloatView()
    total_fees = FloatView()
    total_holdings_value = FloatView()
    total_net_profit = FloatView()
    total_portfolio_value = FloatView()
    total_portfolio_value_less_free_buffer = FloatView()
    total_profit = FloatView()
    total_sale_volume = FloatView()
    total_unlevered_absolute_holdings_cost = FloatView()
    total_unrealised_profit = FloatView()
    total_unrealized_profit = FloatView()

    if TYPE_CHECKING:
        securities: SecurityManager
        _settings: Any
        _positions: SecurityPositionGroupModel
        cash_book: CashBook
        unsettled_cash_book: CashBook

        @property
        def cash_decimal(self) -> Decimal:
            """All settled cash."""

        @property
        def unsettled_cash_decimal(self) -> Decimal:
            """All unsettled cash."""

    _value: Decimal | None
    _approximate: float | None
    _held_seen: list[Security] | None
    _cash_seen: Decimal | None
    _cash_float: float

    def invalidate_total_portfolio_value(self, prices_changed: bool = True) -> None:
        """A new time step: the value is worked out when somebody asks. The estimate stands until a price changes."""
        self._value = None
        if prices_changed:
            self._approximate = None

    @property
    def total_portfolio_value_decimal(self) -> Decimal:
        """Cash, settled or not, and what the holdings are worth."""
        if self._value is None:
            self._value = self.cash_decimal + self.unsettled_cash_decimal + self._holdings_part()
        return self._value

    @property
    def held_securities(self) -> list[Security]:
        """The securities of which at least a lot is held; another list when a position has changed."""
        return self._positions.held_securities

    @property
    def has_own_fee_models(self) -> bool:
        """Whether something is held whose fee model is not the engine's: it may do more than to name a fee."""
        return any(is_users(security.fee_model) for security in self._positions.held_securities)

    @property
    def moves_with_holdings_only(self) -> bool:
        """Whether the value is cash that stays as it is, and holdings that count with their full value.

        Currencies in the cash book move with their rates, and futures and the like count with their profit.
        """
        if any(cash.security_symbols and cash.amount_decimal for cash in self._all_cash()):
            return False
        return all(
            not security.symbol.asset.swaps_currencies
            and not security.symbol.asset.only_profit_counts
            and not security.quote_currency.security_symbols
            for security in self._positions.held_securities
        )

    def _all_cash(self) -> list[Cash]:
        return [*self.cash_book.values(), *self.unsettled_cash_book.values()]

    def approximate_value(self) -> float:
        """The total value in floats, good to some 14 digits: cheap enough to be asked for in every time step."""
        held = self._positions.held_securities
        if self._approximate is None or held is not self._held_seen:
            self._held_seen = held  # another list when a position was opened, changed or closed
            self._approximate = self.cash_part() + self._holdings_in_floats(held)
        return self._approximate

    def _holdings_in_floats(self, held: list[Security]) -> float:
        total = 0.0
        for security in held:
            asset, holdings = security.symbol.asset, security.holdings
            if asset.only_profit_counts:
                total += float(holdings.outstanding_profit_decimal)
            elif not asset.swaps_currencies:
                total += holdings.approximate_value()
        return total

    def cash_part(self) -> float:
        """All cash, settled or not, in floats."""
        cash = self.cash_decimal
        if cash is not self._cash_seen:
            self._cash_seen, self._cash_float = cash, float(cash)
        unsettled = self.unsettled_cash_decimal
        return self._cash_float + float(unsettled) if unsettled else self._cash_float

    def _holdings_part(self) -> Decimal:
        total = ZERO
        for security in self._positions.held_securities:
            asset, holdings = security.symbol.asset, security.holdings
            if asset.only_profit_counts:
                total += holdings.outstanding_profit_decimal
            elif not asset.swaps_currencies:
                total += holdings.holdings_value_decimal
        return total

    @property
    def total_portfolio_value_less_free_buffer_decimal(self) -> Decimal:
        """The value without the part that the settings keep free."""
        free = self._settings.free_portfolio_value
        value = self.total_portfolio_value_decimal
        if free is not None:
            return value - to_decimal(free)
        return value - value * to_decimal(self._settings.free_portfolio_value_percentage)

    @property
    def hold_stock(self) -> bool:
        """Whether anything is held."""
        return bool(self._positions.held_securities)

    @property
    def invested(self) -> bool:
        """Whether anything is held."""
        return self.hold_stock

    @property
    def total_unlevered_absolute_holdings_cost_decimal(self) -> Decimal:
        """What the holdings cost without leverage."""
        return self._sum("unlevered_absolute_holdings_cost_decimal")

    @property
    def total_absolute_holdings_cost_decimal(self) -> Decimal:
        """What the holdings cost."""
        return self._sum("absolute_holdings_cost_decimal")

    @property
    def total_holdings_value_decimal(self) -> Decimal:
        """What the holdings are worth, short ones counted as positive."""
        return self._sum("absolute_holdings_value_decimal")

    @property
    def total_unrealized_profit_decimal(self) -> Decimal:
        """What closing everything now would yield."""
        return self._sum("unrealized_profit_decimal")

    total_unrealised_profit_decimal = total_unrealized_profit_decimal

    def _sum(self, name: str) -> Decimal:
        value = attrgetter(name)
        return sum((value(s.holdings) for s in self.securities.values() if s.holdings.quantity_decimal), ZERO)

    @property
    def total_fees_decimal(self) -> Decimal:
        """All fees, those of removed securities too."""
        return self._total("total_fees_decimal")

    @property
    def total_profit_decimal(self) -> Decimal:
        """All closed profit before fees."""
        return self._total("profit_decimal")

    @property
    def total_net_profit_decimal(self) -> Decimal:
        """All closed profit after fees."""
        return self._total("net_profit_decimal")

    @property
    def total_sale_volume_decimal(self) -> Decimal:
        """All traded value."""
        holdings = [security.holdings for security in self.securities.total]
        return sum([volume for held in holdings if (volume := held.total_sale_volume_decimal)], ZERO)

    def _total(self, name: str) -> Decimal:
        value = attrgetter(name)
        return sum((value(security.holdings) for security in self.securities.total), ZERO)
