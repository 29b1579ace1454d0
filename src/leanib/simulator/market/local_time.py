"""Naive local times of data files as moments."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from leanib.simulator.clock import SECOND_US
from leanib.simulator.market.walk import Ints


def utc_of(times: NDArray[np.datetime64], zone: ZoneInfo) -> Ints:
    """Microseconds UTC of naive local times; the offset is looked up once a day."""
    local = times.astype("datetime64[us]").astype(np.int64)
    if zone.key == "UTC":
        return local
    days, where = np.unique(local // (86400 * SECOND_US), return_inverse=True)
    offsets = []
    for day in days.tolist():
        noon = datetime.fromtimestamp(day * 86400 + 43200, UTC).replace(tzinfo=zone)
        offset = noon.utcoffset()
        offsets.append(round(offset.total_seconds()) * SECOND_US if offset is not None else 0)
    shifted: Ints = local - np.array(offsets, dtype=np.int64)[where]
    return shifted
