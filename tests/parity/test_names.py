"""LEAN's names and parameters, walked in quantconnect-stubs: what ours lack is listed, and refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from leanib.engine.indicators import SharpeRatio
from leanib.engine.lean.imports import names
from leanib.engine.market import TradeBar
from leanib.engine.naming.missing import MissingMember, lean_members, lean_setters
from leanib.parity.names import Surface, lacking, members_table, names_of_sources, names_of_stubs
from leanib.parity.signatures import lacking_setters

SOURCE = """
namespace QuantConnect.Indicators
{
    public class SharpeRatio : IndicatorBase
    {
        public decimal Strange { get; set; }
        public static decimal Twice(decimal value, string theName = null)
        {
            var inner = 3;
        }
        internal int Hidden { get; }
        public override bool IsReady => true;
    }
}
"""


def test_every_member_that_the_stubs_have_is_known_and_so_refused_where_it_is_missing() -> None:
    """`members_table(names_of_stubs())` makes the file anew."""
    surface = names_of_stubs()
    if not surface:
        pytest.skip("quantconnect-stubs are not installed")
    table = lean_members()
    known = {name: set(own) <= table.get(name, frozenset()) for name, own in _parsed(members_table(surface)).items()}
    assert [name for name, is_known in known.items() if not is_known] == []


@pytest.mark.slow
def test_every_property_that_may_be_set_in_lean_is_there_or_known_to_be_missing() -> None:
    """`lacking_setters()` makes `lean_setters.txt` anew."""
    names()
    found = lacking_setters()
    if not found:
        pytest.skip("quantconnect-stubs are not installed")
    assert {owner: set(members) for owner, members in found.items()} == {
        owner: set(members) for owner, members in lean_setters().items()
    }


def _parsed(text: str) -> dict[str, list[str]]:
    return {name: own.split() for name, _, own in (line.partition(": ") for line in text.splitlines())}


def test_a_missing_member_is_refused_by_name_and_is_not_there_for_hasattr() -> None:
    """Of the class and of an object; what LEAN has not either is Python's own error."""
    assert "parse_future" in lean_members()["TradeBar"]
    for ask in (lambda: TradeBar.ParseFuture, lambda: SharpeRatio("x", 3).ratio):  # type: ignore[attr-defined]
        with pytest.raises(MissingMember, match=r"the embedded engine has no \w+\.\w+; run this algorithm with `lean"):
            ask()
    assert not hasattr(TradeBar, "parse_future")
    with pytest.raises(AttributeError, match="type object 'TradeBar' has no attribute 'no_such_thing'"):
        _ = TradeBar.no_such_thing  # type: ignore[attr-defined]


def test_public_names_and_parameters_are_read_from_csharp(tmp_path: Path) -> None:
    """Of a checkout's sources: what is public, in snake case."""
    file = tmp_path / "Indicators" / "SharpeRatio.cs"
    file.parent.mkdir()
    file.write_text(SOURCE)
    surface: Surface = names_of_sources(tmp_path)
    assert surface == {"SharpeRatio": {"strange": set(), "twice": {"value", "the_name"}, "is_ready": set()}}
    assert lacking(surface) == {"SharpeRatio": ["strange", "twice"]}
