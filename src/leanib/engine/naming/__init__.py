"""Both ways of naming, and the names that only LEAN has."""

from leanib.engine.naming.methods import MethodObject
from leanib.engine.naming.rules import (
    Alias,
    LeanEnum,
    LeanIntEnum,
    LeanNames,
    LeanObject,
    LeanType,
    also_named,
    in_order,
    names_of,
    readable,
    standing_for,
    takes_either,
    to_pascal,
    to_snake,
)

__all__ = [
    "Alias",
    "LeanEnum",
    "LeanIntEnum",
    "LeanNames",
    "LeanObject",
    "LeanType",
    "MethodObject",
    "also_named",
    "in_order",
    "names_of",
    "readable",
    "standing_for",
    "takes_either",
    "to_pascal",
    "to_snake",
]
