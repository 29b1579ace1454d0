"""`self.signal_export`: portfolio targets for third parties (`Common/Algorithm/Framework/Portfolio/SignalExports`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from leanib.engine.naming import LeanObject
from leanib.errors import NotSupportedError

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = [
    "Collective2SignalExport",
    "CrunchDAOSignalExport",
    "NumeraiSignalExport",
    "SignalExportManager",
    "SignalExportTargetParameters",
    "VBaseSignalExport",
]


class SignalExportTargetParameters(NamedTuple):
    """What a provider is to send: the targets, and the algorithm whose they are."""

    targets: list[Any]
    algorithm: QCAlgorithm


class _OnlyInLean(LeanObject):
    """A provider of LEAN's own. Algorithms may have one; only LEAN knows how to send to it."""

    def __init__(self, *_credentials: Any, **_options: Any) -> None:
        """Takes what LEAN's takes, and keeps none of it: there is nothing to send with."""

    def send(self, parameters: SignalExportTargetParameters) -> NoReturn:
        """Refuse."""
        raise NotSupportedError(
            f"{type(self).__name__} sends from LEAN only; deploy this algorithm with `lean live deploy`"
        )


class Collective2SignalExport(_OnlyInLean):
    """Collective2: `(api_key, system_id)`."""


class CrunchDAOSignalExport(_OnlyInLean):
    """CrunchDAO: `(api_key, model, submission_name="", comment="")`."""


class NumeraiSignalExport(_OnlyInLean):
    """Numerai: `(public_id, secret_id, model_id, file_name="predictions.csv")`."""


class VBaseSignalExport(_OnlyInLean):
    """vBase: `(api_key, collection_name)`."""


class SignalExportManager(LeanObject):
    """Hands targets to the providers of a live algorithm; a provider is anything with `send(parameters)`."""

    def __init__(self, algorithm: QCAlgorithm) -> None:
        self._algorithm = algorithm
        self._providers: list[Any] = []
        self._told = False
        self.automatic_export_time_span: timedelta | None = timedelta(seconds=5)

    def add_signal_export_provider(self, signal_export: object) -> None:
        """Send to this provider too."""
        self._providers.append(signal_export)

    def add_signal_export_providers(self, *signal_exports: object) -> None:
        """Send to these providers too."""
        for each in signal_exports:
            self._providers += each if isinstance(each, list | tuple) else [each]

    def set_target_portfolio(self, *portfolio_targets: object) -> bool:
        """Send targets; in a backtest nothing is sent, and the answer is True as in LEAN."""
        algorithm = self._algorithm
        if not algorithm.live_mode:
            if not self._told:
                self._told = True
                algorithm.debug("Portfolio targets are only sent in live mode")
            return True
        targets = _flattened(portfolio_targets)
        if not self._providers or not targets:
            algorithm.debug("No portfolio target given")
            return False
        parameters = SignalExportTargetParameters(targets, algorithm)
        sent = [provider.send(parameters) for provider in self._providers]
        return all(sent)

    def set_target_portfolio_from_portfolio(self) -> bool:
        """Send what the portfolio holds, as shares of its value."""
        portfolio = self._algorithm.portfolio
        value = portfolio.total_portfolio_value
        if value <= 0:
            self._algorithm.error("Total portfolio value was less than or equal to 0")
            return False
        from leanib.engine.framework import PortfolioTarget  # the framework knows the algorithm, which has this

        held = [holding for holding in portfolio.values() if holding.invested]
        return self.set_target_portfolio([PortfolioTarget(h.symbol, h.holdings_value / value) for h in held])


def _flattened(targets: Iterable[Any]) -> list[Any]:
    return [target for each in targets for target in (each if isinstance(each, list | tuple) else [each])]
