"""The algorithm framework's sequence: alpha, portfolio, risk, execution (`Algorithm/QCAlgorithm.Framework.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.event import Event
from leanib.engine.framework.alphas.base import CompositeAlphaModel, NullAlphaModel, model_name
from leanib.engine.framework.enums import InsightType
from leanib.engine.framework.execution.base import ImmediateExecutionModel
from leanib.engine.framework.insight import GeneratedInsightsCollection, Insight
from leanib.engine.framework.insight_collection import InsightManager
from leanib.engine.framework.models import adapted
from leanib.engine.framework.portfolio.base import NullPortfolioConstructionModel
from leanib.engine.framework.portfolio_target import PortfolioTarget
from leanib.engine.framework.risk.base import CompositeRiskManagementModel, NullRiskManagementModel
from leanib.engine.framework.selection.base import (
    CompositeUniverseSelectionModel,
    NullUniverseSelectionModel,
    next_refresh_time,
)
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market import Slice
    from leanib.engine.market.universe import SecurityChanges, Universe, UniverseManager
    from leanib.engine.securities import Security, SecurityManager

__all__ = ["Framework"]


class Framework(AlgorithmPart):
    """The part of QCAlgorithm that lets models make insights, targets and orders."""

    if TYPE_CHECKING:
        securities: SecurityManager
        universe_manager: UniverseManager
        settings: Any
        market_hours_database: Any
        utc_time: datetime
        is_warming_up: bool
        add_universe: Callable[..., Any]
        error: Callable[[str], Any]

    def _qc_init_framework(self) -> None:
        self.universe_selection: Any = NullUniverseSelectionModel()
        self.alpha: Any = NullAlphaModel()
        self.portfolio_construction: Any = NullPortfolioConstructionModel()
        self.execution: Any = ImmediateExecutionModel()
        self.risk_management: Any = NullRiskManagementModel()
        self.insights = InsightManager(cast("QCAlgorithm", self))
        self.insights_generated = Event()
        self.debug_mode = False
        self._qc_model_universes: dict[Symbol, None] = {}
        self._qc_said: set[str] = set()

    # --- models ------------------------------------------------------------------------------------------------------

    def set_universe_selection(self, universe_selection: object) -> None:
        """Which model chooses securities."""
        self.time_keeper.interrupt()
        self.universe_selection = adapted(universe_selection)

    def add_universe_selection(self, universe_selection: object) -> None:
        """One more model that chooses securities."""
        self.time_keeper.interrupt()
        self.universe_selection = _joined(
            self.universe_selection,
            adapted(universe_selection),
            NullUniverseSelectionModel,
            CompositeUniverseSelectionModel,
            "add_universe_selection",
        )

    def set_alpha(self, alpha: object) -> None:
        """Which model makes insights."""
        self.time_keeper.interrupt()
        self.alpha = adapted(alpha)

    def add_alpha(self, alpha: object) -> None:
        """One more model that makes insights."""
        self.time_keeper.interrupt()
        self.alpha = _joined(self.alpha, adapted(alpha), NullAlphaModel, CompositeAlphaModel, "add_alpha")

    def set_portfolio_construction(self, portfolio_construction: object) -> None:
        """Which model makes targets of insights."""
        self.time_keeper.interrupt()
        self.portfolio_construction = adapted(portfolio_construction)

    def set_execution(self, execution: object) -> None:
        """Which model makes orders of targets."""
        self.time_keeper.interrupt()
        self.execution = adapted(execution)

    def set_risk_management(self, risk_management: object) -> None:
        """Which model overrides targets."""
        self.time_keeper.interrupt()
        self.risk_management = adapted(risk_management)

    def add_risk_management(self, risk_management: object) -> None:
        """One more model that overrides targets."""
        self.time_keeper.interrupt()
        self.risk_management = _joined(
            self.risk_management,
            adapted(risk_management),
            NullRiskManagementModel,
            CompositeRiskManagementModel,
            "add_risk_management",
        )

    # --- the sequence ------------------------------------------------------------------------------------------------

    def framework_post_initialize(self) -> None:
        """The models of the algorithm framework are complete: make the universes."""
        for universe in self.universe_selection.create_universes(self._qc_users):
            self._qc_add_model_universe(universe)
        model, settings = self.portfolio_construction, self.settings
        if settings.rebalance_portfolio_on_security_changes is not None:
            model.rebalance_on_security_changes = settings.rebalance_portfolio_on_security_changes
        if settings.rebalance_portfolio_on_insight_changes is not None:
            model.rebalance_on_insight_changes = settings.rebalance_portfolio_on_insight_changes

    def _qc_add_model_universe(self, universe: Universe) -> None:
        self._qc_base.add_universe(universe)
        self._qc_model_universes[universe.configuration.symbol] = None

    def on_framework_data(self, slice: Slice) -> None:
        """New data: new universes when it is time, insights, targets, orders."""
        if self._qc_models_do_nothing():
            self.insights.step(self._qc_base.utc_time)
            return
        if self._qc_base.utc_time >= next_refresh_time(self.universe_selection):
            self._qc_refresh_universes()
        self.insights.step(self._qc_base.utc_time)
        if not slice.has_data:
            return
        insights = self._qc_initialized(self.alpha.update(self._qc_users, slice) or ())
        if insights:
            self._qc_on_insights_generated(insights)
        self._qc_process_insights(insights)

    @property
    def uses_framework(self) -> bool:
        """Whether there are models that want to see each time step, or insights that are rated."""
        return not self._qc_models_do_nothing() or self.insights.is_rated

    def _qc_models_do_nothing(self) -> bool:
        """Most algorithms use no framework model: then there is no need to ask five of them at every time step."""
        return (
            type(self.alpha) is NullAlphaModel
            and type(self.portfolio_construction) is NullPortfolioConstructionModel
            and type(self.risk_management) is NullRiskManagementModel
            and type(self.execution) is ImmediateExecutionModel
            and type(self.universe_selection) is NullUniverseSelectionModel
        )

    def _qc_refresh_universes(self) -> None:
        for universe in [each for each in self.universe_manager.values() if each.dispose_requested]:
            self.universe_manager.remove(universe.symbol)
            self._qc_model_universes.pop(universe.symbol, None)
        stale = dict(self._qc_model_universes)
        for universe in self.universe_selection.create_universes(self._qc_users):
            self._qc_add_model_universe(universe)
            stale.pop(universe.configuration.symbol, None)
        for symbol in stale:
            self.universe_manager[symbol].dispose()

    def on_framework_securities_changed(self, changes: SecurityChanges) -> None:
        """Securities were added or removed: tell the models."""
        for model in (self.alpha, self.portfolio_construction, self.execution, self.risk_management):
            model.on_securities_changed(self._qc_users, changes)

    def emit_insights(self, *insights: Any) -> None:
        """Give insights by hand; during warm-up they are ignored."""
        given = list(insights[0]) if len(insights) == 1 and not isinstance(insights[0], Insight) else list(insights)
        if self.is_warming_up:
            self._qc_say_once("Warning: insights emitted during algorithm warmup are ignored.")
            return
        valid = self._qc_initialized(given)
        self._qc_on_insights_generated(valid)
        self._qc_process_insights(valid)

    def _qc_initialized(self, insights: Iterable[Insight]) -> List[Insight]:
        valid: List[Insight] = List()
        for insight in insights:
            security = self.securities[insight.symbol]
            if security.is_delisted:
                self._qc_say_once(
                    "QCAlgorithm.EmitInsights(): Warning: cannot emit insights for delisted securities, these will be "
                    "discarded"
                )
            else:
                valid.append(self._qc_with_fields(insight, security))
        return valid

    def _qc_with_fields(self, insight: Insight, security: Security) -> Insight:
        insight.generated_time_utc = self._qc_base.utc_time
        if insight.type is InsightType.PRICE:
            insight.reference_value = security.price
        else:
            insight.reference_value = float(security.volatility_model.volatility)
        insight.source_model = insight.source_model or model_name(self.alpha)
        symbol = insight.symbol
        insight.set_period_and_close_time(
            self.market_hours_database.get_exchange_hours(symbol.id.market, symbol, symbol.security_type)
        )
        return insight

    def _qc_on_insights_generated(self, insights: list[Insight]) -> None:
        self.insights.add_range(insights)
        self.insights_generated(self._qc_users, GeneratedInsightsCollection(self._qc_base.utc_time, insights))

    def _qc_process_insights(self, insights: list[Insight]) -> None:
        targets = _valid(self.portfolio_construction.create_targets(self._qc_users, insights))
        self._qc_note_targets(targets)
        overrides = _valid(self.risk_management.manage_risk(self._qc_users, targets))
        self._qc_note_targets(overrides)
        first: dict[Symbol, PortfolioTarget] = {}
        for target in (*overrides, *targets):
            first.setdefault(target.symbol, target)
        self.execution.execute(self._qc_users, List(first.values()))

    def _qc_note_targets(self, targets: list[PortfolioTarget]) -> None:
        for target in targets:
            self.securities[target.symbol].holdings.target = target

    def _qc_say_once(self, message: str) -> None:
        if message not in self._qc_said:
            self._qc_said.add(message)
            self._qc_base.error(message)


def _valid(targets: Iterable[PortfolioTarget] | None) -> List[PortfolioTarget]:
    return List(targets or ())


def _joined(known: Any, added: object, null: type, composite: Any, method: str) -> Any:
    """What a model and one more make together."""
    if type(known) is null:
        return added
    if isinstance(known, composite):
        getattr(known, method)(added)
        return known
    return composite(known, added)
