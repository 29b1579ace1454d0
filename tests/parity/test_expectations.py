"""LEAN's answers are read from C# as they stand there."""

import pytest

from leanib.errors import UsageError
from leanib.parity import Expectation, Outcome, compare, ledger_text, read_expectations
from leanib.parity.runner import longest_first

BASE = """
namespace QuantConnect.Algorithm.CSharp
{
    public class BaseAlgorithm : QCAlgorithm, IRegressionAlgorithmDefinition
    {
        public class Inner
        {
            public long DataPoints => 1;
        }

        public bool CanRunLocally { get; } = true;
        public virtual List<Language> Languages { get; } = new() { Language.CSharp, Language.Python };
        public virtual long DataPoints => 3943;
        public virtual int AlgorithmHistoryDataPoints => -1;
        public AlgorithmStatus AlgorithmStatus => AlgorithmStatus.Completed;
        public virtual Dictionary<string, string> ExpectedStatistics => new Dictionary<string, string>
        {
            {"Total Orders", "1"},
            {"Sharpe Ratio", "-0"},
            {"OrderListHash", "3da9"}
        };
    }
    public class DerivedAlgorithm : BaseAlgorithm
    {
        public override long DataPoints => 10;
    }
    public abstract class NeverAlgorithm : BaseAlgorithm
    {
    }
    public class SharpOnlyAlgorithm : BaseAlgorithm
    {
        public override List<Language> Languages { get; } = new() { Language.CSharp };
    }
}
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout with four algorithms, two of them to be run."""
    for folder in ("Algorithm.CSharp", "Algorithm.Python"):
        (tmp_path / folder).mkdir()
    (tmp_path / "Algorithm.CSharp" / "BaseAlgorithm.cs").write_text(BASE)
    for name in ("Base", "Derived", "Never", "SharpOnly"):
        (tmp_path / "Algorithm.Python" / f"{name}Algorithm.py").write_text("")
    return tmp_path


def test_what_a_class_does_not_say_it_inherits(checkout):
    """Statistics come from the base class, counts from the class itself; nested classes do not interfere."""
    base, derived = read_expectations(checkout)
    assert (base.name, base.data_points, base.history_data_points) == ("BaseAlgorithm", 3943, None)
    assert (derived.name, derived.data_points) == ("DerivedAlgorithm", 10)
    assert derived.statistics == {"Total Orders": "1", "Sharpe Ratio": "-0", "OrderListHash": "3da9"}


def test_every_difference_is_told_in_leans_order(checkout):
    """-0 is 0, a missing entry is a difference, an unchecked count is not."""
    base = read_expectations(checkout)[0]
    same = Outcome("Completed", {"Total Orders": "1", "Sharpe Ratio": "0", "OrderListHash": "3da9"}, 3943, 7)
    other = Outcome("Completed", {"Total Orders": "2", "Sharpe Ratio": "0"}, 3944, 7)
    assert compare(base, same) == []
    assert [str(difference) for difference in compare(base, other)] == [
        "Total Orders: 2 instead of 1",
        "OrderListHash: missing instead of 3da9",
        "data points: 3,944 instead of 3,943",
    ]
    failed = Outcome("RuntimeError", error="ValueError: no")
    assert [str(difference) for difference in compare(base, failed)] == ["status: ValueError: no instead of Completed"]


def test_the_ledger_counts_and_names_the_first_difference(checkout):
    """A row an algorithm, and the sum on top."""
    expectations = read_expectations(checkout)
    same = Outcome("Completed", dict(expectations[0].statistics), 3943, None)
    text = ledger_text(expectations, [same, same], "commit 1234")
    assert "**1 of 2 match in everything.** 0 need" in text
    assert "| DerivedAlgorithm | 3/3 | data points: 3,943 instead of 10 |" in text
    refused = Outcome("NotSupported", error="leanib.errors.NotSupportedError: add_option(): no options")
    assert "| DerivedAlgorithm |  | add_option(): no options |" in ledger_text(expectations, [same, refused], "x")


def test_a_folder_that_is_no_checkout_is_refused(tmp_path):
    """With the remedy."""
    with pytest.raises(UsageError, match="is not a LEAN checkout"):
        read_expectations(tmp_path)


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [
        (
            Outcome("Completed", missing=["the benchmark SPY: no prices", "SPY, ticks: not there (equity/spy.zip)"]),
            "the checkout lacks: equity/spy.zip",
        ),
        (
            Outcome("Completed", missing=["X: no data at all", "Y, prices: not there (equity/y.zip)"]),
            "the checkout lacks: equity/y.zip and 1 more",
        ),
        (Outcome("Completed", missing=["X: no data at all"]), "the checkout lacks: X: no data at all"),
        (
            Outcome("Running", error="UsageError: the algorithm imports scipy, which is not installed; pip install it"),
            "this run lacked the package scipy",
        ),
        (Outcome("Completed"), "ours; not found yet"),
    ],
)
def test_the_ledger_says_why_an_answer_differs(checkout, outcome, cause):
    """The file that is not there, and not what follows from it; a package that the run had not."""
    expectations = read_expectations(checkout)[-1:]
    assert ledger_text(expectations, [outcome], "x").count(f"| {cause} |") == 1


def test_the_longest_begin_first(tmp_path):
    """By the points that LEAN counts, of histories too; what has no number may be long."""
    counts = {"Short": (5, 1), "Long": (70, None), "Unknown": (None, 3), "History": (6, 60)}
    given = [Expectation(name, tmp_path, {}, "Completed", *points) for name, points in counts.items()]
    assert [one.name for one in longest_first(given)] == ["Unknown", "Long", "History", "Short"]
