"""Custom data points keep whatever is set on them, as LEAN's DynamicData does."""

from __future__ import annotations

from datetime import datetime

import pytest

from leanib.engine.custom import PythonData, SubscriptionDataSource
from leanib.engine.symbols import SubscriptionTransportMedium


class Bitcoin(PythonData):
    """In LEAN's C# style of names, and without calling the base's constructor."""

    def __init__(self):
        self.loaded = True

    def GetSource(self, config, date, isLiveMode):  # noqa: N802, N803
        return SubscriptionDataSource("https://example.com/btc.csv")

    def Reader(self, config, line, date, isLiveMode):  # noqa: N802, N803
        return None


def test_properties_are_found_in_any_case():
    """`Close`, `close`, `VolumeBTC` and `volume_btc` name the same values."""
    point = Bitcoin()
    point["Close"] = 7.5
    point.VolumeBTC = 3
    assert (point.close, point.Close, point["close"], point.get_property("CLOSE")) == (7.5,) * 4
    assert (point.volumebtc, point.volume_btc) == (3, 3)
    assert point.get_storage_dictionary() == {"loaded": True, "close": 7.5, "volumebtc": 3}


def test_time_and_value_are_the_data_points_own():
    """They are no extra properties; the end time is the time until set, and sets the time when there is none."""
    point = Bitcoin()
    point.EndTime = datetime(2020, 1, 2)
    point.Value = "12.5"
    assert (point.time, point.end_time, point.value, point.price) == (*[datetime(2020, 1, 2)] * 2, 12.5, 12.5)
    point.time = datetime(2020, 1, 1)
    assert point.end_time == datetime(2020, 1, 2)


def test_methods_may_be_named_as_in_csharp():
    """`GetSource` overrides `get_source`; an http address is a remote file."""
    source = Bitcoin().get_source(None, None, False)
    assert source.transport_medium is SubscriptionTransportMedium.REMOTE_FILE


def test_a_missing_property_is_named():
    """Attribute access raises AttributeError, so that hasattr works; get_property lists what there is."""
    point = Bitcoin()
    assert not hasattr(point, "high")
    with pytest.raises(KeyError, match="Properties: Time, Symbol, Value loaded"):
        point.get_property("high")


def test_a_clone_is_independent():
    """Changing the copy leaves the original alone."""
    point = Bitcoin()
    point.close = 1
    twin = point.clone()
    twin.close = 2
    assert (point.close, twin.close) == (1, 2)
