"""What insights and targets are about (`Common/Algorithm/Framework/Alphas`, `Algorithm/Portfolio/PortfolioBias.cs`)."""

from __future__ import annotations

from leanib.engine.naming import LeanIntEnum

__all__ = ["InsightDirection", "InsightScoreType", "InsightType", "PortfolioBias"]


class InsightType(LeanIntEnum):
    """What an insight predicts."""

    PRICE = 0
    VOLATILITY = 1


class InsightDirection(LeanIntEnum):
    """Where it will go."""

    DOWN = -1
    FLAT = 0
    UP = 1


class InsightScoreType(LeanIntEnum):
    """What a score rates."""

    DIRECTION = 0
    MAGNITUDE = 1


class PortfolioBias(LeanIntEnum):
    """Which positions a portfolio may hold."""

    SHORT = -1
    LONG_SHORT = 0
    LONG = 1
