"""Universes: what chooses the securities of an algorithm."""

from leanib.engine.market.universe.changes import SecurityChanges, SecurityChangesConstructor
from leanib.engine.market.universe.collection import BaseDataCollection
from leanib.engine.market.universe.manager import UniverseManager
from leanib.engine.market.universe.settings import Schedule, UniverseSettings
from leanib.engine.market.universe.universe import UNCHANGED, Member, SelectionEventArgs, Universe
from leanib.engine.market.universe.user_defined import UserDefinedUniverse

__all__ = [
    "UNCHANGED",
    "BaseDataCollection",
    "Member",
    "Schedule",
    "SecurityChanges",
    "SecurityChangesConstructor",
    "SelectionEventArgs",
    "Universe",
    "UniverseManager",
    "UniverseSettings",
    "UserDefinedUniverse",
]
