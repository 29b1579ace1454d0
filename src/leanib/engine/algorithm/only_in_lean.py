"""What LEAN's QCAlgorithm offers and the embedded engine does not: refused by name when it is used."""

from __future__ import annotations

from typing import Any

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.naming import to_snake
from leanib.engine.naming.missing import MissingMember

__all__ = ["MissingMember", "OnlyInLean"]


_DERIVATIVES = """
    order_factory t_3
"""
_CLOUD = """
    deployment_details name_updated set_api set_available_data_types set_current_slice set_deployment_details
    tags_updated
"""
_ORDERS = "bracket_order one_cancels_other_order one_triggers_other_order one_updates_other_order"
_OTHERS = """
    create_date_range_history_requests get_data_typed_history set_pandas_converter
"""

NAMES = frozenset(f"{_DERIVATIVES} {_CLOUD} {_ORDERS} {_OTHERS}".split())


class OnlyInLean(AlgorithmPart):
    """The last part of QCAlgorithm: reached when no other part has the name."""

    def __getattr__(self, name: str) -> Any:
        if to_snake(name) in NAMES:
            raise MissingMember(f"the embedded engine has no {name}; run this algorithm with `lean backtest`")
        return super().__getattr__(name)
