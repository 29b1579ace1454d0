"""The search itself: what is tried, what is held back, what is kept, and what is said of the best."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.operations.optimize.world import World

from leanib.errors import ConfigurationError, LeanIBError, UsageError
from leanib.operations.optimize.blocks import cut, folds
from leanib.operations.optimize.book import Book
from leanib.operations.optimize.peak import look_around
from leanib.operations.optimize.space import Constraint, Parameter, Point, Target, grid


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Without an engine."""
    return World(tmp_path, monkeypatch)


def test_the_grid_finds_the_best_and_what_is_configured_stays(world: World) -> None:
    """Every point once, the parameters that are not searched with each."""
    findings = world.study().run()
    assert findings.best is not None
    assert (findings.best.text, findings.values(findings.best)) == ("a:3", (0.0,))
    assert findings.rows[0][0].text == "a:3"
    tried = [task.parameters["a"] for task in world.tasks[1:]]
    assert sorted(tried) == ["1", "2", "3", "4", "5", "6"]
    assert all(task.parameters["b"] == "7" for task in world.tasks)
    assert findings.configured == (-4.0,)


def test_a_small_figure_can_be_what_is_wanted_and_failures_and_constraints_have_no_value(world: World) -> None:
    """`Drawdown:min`; a point that fails or breaks a bound is named and is not the best."""
    world.drawdown = lambda given, _task: given["a"] / 20
    found = world.study(targets=("Drawdown:min",), constraints=("Drawdown > 6%",), parameters=("a=1:99:49",)).run()
    assert found.best is not None
    assert found.best.text == "a:50"
    notes = {point.text: note for point, _, note in found.rows}
    assert notes == {"a:1": "breaks a constraint", "a:50": "", "a:99": "ValueError: ninety-nine"}


def test_when_nothing_has_a_value_there_is_no_best(world: World) -> None:
    """And the reasons are there."""
    found = world.study(constraints=("Drawdown < 1%",)).run()
    assert (found.best, found.peak) == (None, None)
    assert {note for _, _, note in found.rows} == {"breaks a constraint"}


@pytest.mark.parametrize("strategy", ["grid", "tpe"])
@pytest.mark.parametrize(("split", "trained"), [("walk-forward", [[0], [0, 1], [0, 1, 2]]), ("purged", None)])
def test_what_is_held_back_is_not_looked_at(world: World, strategy: str, split: str, trained: Any) -> None:
    """The best value of `a` is the block's number: a fold chooses by its own blocks and pays for it on the other."""

    def block_of(task: Any) -> int:
        return (task.start.year - 2020) if task.start else 0

    world.figure = lambda given, task: -((given["a"] - 1 - block_of(task)) ** 2)
    study = world.study(split=split, folds=4, purge=10, strategy=strategy, trials=40)
    original = world.run

    def four_years(task: Any) -> Any:
        outcome = original(task)
        return type(outcome)(**{**vars(outcome), "end": str(task.end or "2023-12-31")})

    from leanib.operations.optimize import study as module

    module.run_task = four_years  # type: ignore[assignment]
    found = study.run()
    assert len(found.folds) == (3 if split == "walk-forward" else 4)
    for chosen in found.folds:
        assert chosen.point is not None
        numbers = [study.blocks.index(block) for block in chosen.fold.train]
        mean = sum(numbers) / len(numbers) + 1
        assert abs(float(chosen.point.parameters["a"]) - mean) <= 0.5
        test = study.blocks.index(chosen.fold.test)
        assert chosen.unseen == -((float(chosen.point.parameters["a"]) - 1 - test) ** 2)
        assert test not in numbers
    if trained is not None:
        assert [[study.blocks.index(block) for block in one.fold.train] for one in found.folds] == trained


def test_blocks_cover_the_period_with_days_between_them_that_belong_to_none() -> None:
    """Equal lengths, the purge between, the last day in the last block; too short ones are refused."""
    blocks = cut(date(2020, 1, 1), date(2020, 12, 31), 4, 5)
    assert (blocks[0].start, blocks[-1].end) == (date(2020, 1, 1), date(2020, 12, 31))
    for one, other in itertools.pairwise(blocks):
        assert one.end is not None
        assert other.start is not None
        assert (other.start - one.end).days == 6
    assert folds("whole", blocks) == ()
    with pytest.raises(UsageError, match="take fewer --folds"):
        cut(date(2020, 1, 1), date(2020, 3, 1), 5, 0)


def test_a_search_that_was_stopped_goes_on_and_runs_nothing_twice(world: World) -> None:
    """Ctrl-C in the middle, a last line that was cut off, then the rest: together each backtest once."""
    study = world.study()
    world.stop_after = 5
    with pytest.raises(KeyboardInterrupt):
        study.run()
    file = study.book.folder / "trials.jsonl"
    with file.open("a", encoding="utf-8") as stream:
        stream.write('{"point":{"a":"6"},"block":"the wh')
    world.stop_after = 10**9
    book, plan = Book.resume(study.book.folder)
    assert plan == study.plan
    done = book.runs
    found = world.study(book).run()
    assert found.best is not None
    assert found.best.text == "a:3"
    tried = [task.parameters["a"] for task in world.tasks if "a" in task.parameters]
    assert sorted(tried) == ["1", "2", "3", "4", "5", "6"]
    assert 0 < done < 7
    assert Book.resume(study.book.folder)[0].runs == 7


def test_a_tpe_search_goes_on_with_what_it_has_learned(world: World) -> None:
    """The number of points is that of the plan over both parts; what was learned before is not forgotten."""
    study = world.study(strategy="tpe", trials=12, parameters=("a=1:600:1",))
    world.stop_after = 8
    with pytest.raises(KeyboardInterrupt):
        study.run()
    world.stop_after = 10**9
    book, _ = Book.resume(study.book.folder)
    before = len(book.asked["all"])
    world.study(book, strategy="tpe", trials=12, parameters=("a=1:600:1",)).run()
    assert 0 < before < 12
    assert len(Book.resume(study.book.folder)[0].asked["all"]) == 12


def test_tpe_finds_what_a_grid_of_its_size_could_not(world: World) -> None:
    """Sixty points of ten thousand; the same seed asks for the same points."""
    world.figure = lambda given, _task: -((given["a"] - 70) ** 2) - (given["c"] - 30) ** 2
    more = {"strategy": "tpe", "trials": 60, "parameters": ("a=1:100:1", "c=1:100:1"), "fixed": {"b": "7", "c": "1"}}
    first, second = world.study(**more).run(), world.study(**more).run()
    assert first.best is not None
    assert abs(float(first.best.parameters["a"]) - 70) + abs(float(first.best.parameters["c"]) - 30) < 20
    assert [point.text for point, _, _ in first.rows] == [point.text for point, _, _ in second.rows]


@pytest.mark.parametrize("strategy", ["grid", "tpe"])
def test_with_two_targets_the_points_that_no_other_beats_are_told(world: World, strategy: str) -> None:
    """More return for more drawdown: the whole slope, and nothing that is worse in both."""
    world.figure = lambda given, _task: min(given["a"], 4)
    world.drawdown = lambda given, _task: given["a"] / 100
    found = world.study(targets=("Sharpe Ratio:max", "Drawdown:min"), strategy=strategy, trials=40).run()
    assert sorted(point.text for point in found.front) == ["a:1", "a:2", "a:3", "a:4"]
    assert found.best is not None


def _values(heights: dict[tuple[int, int], float]) -> dict[str, tuple[Point, float]]:
    points = [(Point.of({"a": str(a), "c": str(c)}), height) for (a, c), height in heights.items()]
    return {point.text: (point, height) for point, height in points}


@pytest.mark.parametrize(
    ("height", "lonely"),
    [
        (lambda a, c: 10.0 if (a, c) == (5, 5) else 0.0, True),
        (lambda a, c: 10.0 - abs(a - 5) - abs(c - 5), False),
        (lambda a, c: 10.0 if (a, c) == (5, 5) else 1.0 - abs(a - 5) / 10, True),
        (lambda a, c: 3.0 if a >= 4 and c >= 4 else 0.0, False),
    ],
)
def test_a_lonely_peak_is_told_from_a_plateau(height: Any, lonely: bool) -> None:
    """By what its neighbours keep; a target that is to be small likewise."""
    ranges = [Parameter.parse("a=1:10:1"), Parameter.parse("c=1:10:1")]
    heights = {(a, c): height(a, c) for a in range(1, 11) for c in range(1, 11)}
    best = Point.of({"a": "5", "c": "5"})
    assert look_around(best, _values(heights), ranges, Target("x")).is_lonely is lonely
    turned = {key: -value for key, value in heights.items()}
    assert look_around(best, _values(turned), ranges, Target("x", larger=False)).is_lonely is lonely


def test_too_few_points_near_the_best_are_said_to_be_too_few() -> None:
    """Nothing is claimed of what was not tried."""
    ranges = [Parameter.parse("a=1:100:1"), Parameter.parse("c=1:100:1")]
    peak = look_around(Point.of({"a": "5", "c": "5"}), _values({(5, 5): 9.0, (90, 90): 1.0}), ranges, Target("x"))
    assert (peak.support, peak.is_lonely) == (None, False)
    assert "not known" in peak.words


def test_a_name_that_the_algorithm_never_asks_for_is_refused_before_the_search(world: World) -> None:
    """With what config.json has; likewise a figure that no backtest has."""
    world.unread = ("a",)
    with pytest.raises(UsageError, match=r"never asks for the parameter a; config\.json has b"):
        world.study().run()
    with pytest.raises(UsageError, match="no figure 'Sharp Ratio'; it has Sharpe Ratio, Drawdown"):
        world.study(targets=("Sharp Ratio:max",)).run()
    with pytest.raises(UsageError, match="no figure 'Nothing'"):
        world.study(constraints=("Nothing > 1",)).run()
    with pytest.raises(LeanIBError, match="does not run as it is configured: ValueError: ninety-nine"):
        world.study(fixed={"a": "99"}).run()


def test_an_algorithm_that_was_changed_is_not_gone_on_with(world: World) -> None:
    """Results of two versions are not mixed; a folder without a search and a damaged line are named."""
    study = world.study()
    study.run()
    with pytest.raises(UsageError, match="holds a search already"):
        Book.create(study.book.folder, study.plan)
    lines = (study.book.folder / "trials.jsonl").read_text().splitlines()
    (study.book.folder / "trials.jsonl").write_text("\n".join([lines[0], "{}", *lines[1:]]) + "\n")
    with pytest.raises(UsageError, match="line 2, is damaged"):
        Book.resume(study.book.folder)
    world.algorithm.write_text("# something else\n")
    with pytest.raises(UsageError, match="has changed since"):
        Book.resume(study.book.folder)
    with pytest.raises(UsageError, match="holds no search"):
        Book.resume(world.folder / "elsewhere")


@pytest.mark.parametrize("text", ["a", "a=1:2", "a=1:2:x", "a=:::", "=1:2:1", "a=1:nan:1"])
def test_a_range_that_is_none_is_one_sentence(text: str) -> None:
    """With how to write it."""
    with pytest.raises((UsageError, ConfigurationError)):
        Parameter.parse(text)
    with pytest.raises(ConfigurationError, match="step must be positive"):
        Parameter.parse("a=1:2:0")


def test_steps_are_exact() -> None:
    """No 0.30000000000000004, and a value's number is found again."""
    one = Parameter.parse("a=0.1:0.5:0.1")
    assert [point.parameters["a"] for point in grid([one])] == ["0.1", "0.2", "0.3", "0.4", "0.5"]
    assert [one.number_of(one.value(number)) for number in range(one.count)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "operator", "bound"),
    [
        ("Drawdown < 25%", "less", 0.25),
        ("Total Orders>=20", "greaterOrEqual", 20),
        ('"Sharpe Ratio" != -1.5', "notEqual", -1.5),
        ("Statistics.Drawdown <= 0.2", "lessOrEqual", 0.2),
    ],
)
def test_constraints_are_read_as_they_are_typed(text: str, operator: str, bound: float) -> None:
    """With a share, a number or a percentage."""
    found = Constraint.parse(text)
    assert (found.operator, found.bound) == (operator, bound)


@pytest.mark.parametrize("text", ["Drawdown", "Drawdown ~ 3", "< 3", "Drawdown < ten", "Drawdown < 1.2.3"])
def test_what_is_no_constraint_is_refused(text: str) -> None:
    """One sentence."""
    with pytest.raises(UsageError, match="--constraint"):
        Constraint.parse(text)
