"""LEAN's names and parameters, walked in quantconnect-stubs: what ours lack is listed, and refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from leanib.engine.indicators import SharpeRatio
from leanib.engine.market import TradeBar
from leanib.engine.missing import MissingMember, lacking_members
from leanib.parity.names import Surface, lacking, members_table, names_of_sources, names_of_stubs

PARAMETERS = Path(__file__).with_name("lacking_parameters.txt")

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


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """What ours lack of the stubs' names."""
    surface = names_of_stubs()
    if not surface:
        pytest.skip("quantconnect-stubs are not installed")
    return lacking(surface)


def test_every_member_that_is_missing_is_refused_by_name(found: dict[str, list[str]]) -> None:
    """Those of the stubs; `members_table(lacking(names_of_stubs()))` makes the file anew."""
    table = lacking_members()
    members = {name: {line for line in lines if ": " not in line} for name, lines in found.items()}
    unknown = {name: own - table.get(name, frozenset()) for name, own in members.items()}
    assert {name: own for name, own in unknown.items() if own} == {}
    assert members_table({"B": ["one", "two: x"], "C": ["two: x"]}) == "B: one\n"


def test_the_parameters_that_have_no_name_of_leans_are_listed(found: dict[str, list[str]]) -> None:
    """Each line a class, its member and the parameters of LEAN's that cannot be given by name."""
    listed = dict(line.split(": ") for line in PARAMETERS.read_text(encoding="utf-8").splitlines())
    lines = (f"{name}.{line}".split(": ") for name, own in found.items() for line in own if ": " in line)
    unknown = {name: set(found.split(", ")) - set(listed.get(name, "").split(", ")) for name, found in lines}
    assert {name: own for name, own in unknown.items() if own} == {}


def test_a_missing_member_is_refused_by_name_and_is_not_there_for_hasattr() -> None:
    """Of the class and of an object; what LEAN has not either is Python's own error."""
    assert "parse_future" in lacking_members()["TradeBar"]
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
