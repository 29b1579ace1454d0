"""The months in which contracts expire (`Common/Securities/Future/FutureExpirationCycles.cs`)."""

from __future__ import annotations

from leanib.engine.naming import LeanNames

__all__ = ["FutureExpirationCycles"]


class FutureExpirationCycles(LeanNames):
    """Months by number; the cycles named by letters are those months' codes."""

    JANUARY = (1, 4, 7, 10)
    FEBRUARY = (2, 5, 8, 11)
    MARCH = (3, 6, 9, 12)
    DECEMBER = (12,)
    ALL_YEAR = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    GJMQVZ = (2, 4, 6, 8, 10, 12)
    GJKMNQVZ = (2, 4, 5, 6, 7, 8, 10, 12)
    HMUZ = MARCH
    HKNUZ = (3, 5, 7, 9, 12)
    HKNV = (3, 5, 7, 10)
    HKNVZ = (3, 5, 7, 10, 12)
    FHKNUX = (1, 3, 5, 7, 9, 11)
    FHJKQUVX = (1, 3, 4, 5, 8, 9, 10, 11)
    HKNUVZ = (3, 5, 7, 9, 10, 12)
    FHKNUVZ = (1, 3, 5, 7, 9, 10, 12)
    FHKNQUVZ = (1, 3, 5, 7, 8, 9, 10, 12)
    FHKNQUX = (1, 3, 5, 7, 8, 9, 11)
    FGHJKMNQUVXZ = ALL_YEAR
