"""How long to wait before the next try."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Self

from leanib.ib.settings_sections import ConnectionSettings

__all__ = ["Backoff"]


@dataclass
class Backoff:
    """A few quick tries with jittered exponential delays, then a slow steady pace.

    Attributes:
        quick_tries: How many tries follow each other quickly.
        base: Seconds before the second try; doubled each time.
        jitter: Share of the delay that is random, 0 to 1.
        slow: Seconds between tries after the quick ones.
        random: Source of the jitter.
    """

    quick_tries: int
    base: float
    jitter: float
    slow: float
    random: random.Random

    @classmethod
    def of(cls, settings: ConnectionSettings, seed: int | None) -> Self:
        """As the settings have it; the jitter from a seed, or from the operating system."""
        jitter = random.Random(seed)  # noqa: S311 - spreads retries, guards nothing
        return cls(settings.retries, settings.retry_base, settings.retry_jitter, settings.retry_slow, jitter)

    def delay(self, failures: int) -> float:
        """Seconds to wait after that many failures in a row (1 or more)."""
        nominal = self.base * 2 ** (failures - 1) if failures <= self.quick_tries else self.slow
        return nominal * (1 - self.jitter * self.random.random())

    def is_exhausted(self, failures: int) -> bool:
        """Whether the quick tries are used up and a person should know."""
        return failures > self.quick_tries
