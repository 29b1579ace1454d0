"""What every part of QCAlgorithm has."""

from __future__ import annotations

from typing import Self

from leanib.engine.naming import LeanObject

__all__ = ["AlgorithmPart"]


class AlgorithmPart(LeanObject):
    """A part of QCAlgorithm. It calls the algorithm's public members on the engine's side, which a test looks after."""

    #: the engine's side of the algorithm, with which the engine works (`engine_side.py`)
    _qc_base: Self
    #: the user's object, whose handlers the engine calls and which the user's models are given
    _qc_users: Self
