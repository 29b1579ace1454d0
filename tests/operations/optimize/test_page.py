"""The report of a search in a browser: heat maps, folds, points; nothing of it can break the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.operations.optimize.world import World
from tests.report.browser import EXECUTABLE, require_browser
from tests.report.pages import data_of

from leanib.operations.optimize.page import optimization_html

NASTY = "</script><img src=x onerror='window.hurt=1'>"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Without an engine."""
    return World(tmp_path, monkeypatch)


def _page(world: World, **more: Any) -> str:
    study = world.study(**more)
    return optimization_html(study.run(), study.parameters, study.targets)


def test_a_map_for_every_pair_and_fine_ranges_are_put_together(world: World) -> None:
    """Three parameters make three maps; sixty values make cells of five; one parameter makes a row."""
    world.figure = lambda given, _task: given["a"] + given.get("c", 0) + given.get("d", 0)
    data = data_of(_page(world, parameters=("a=1:60:1", "c=1:3:1", "d=1:2:1"), fixed={}))
    assert [(one["across"], one["down"]) for one in data["maps"]] == [("a", "c"), ("a", "d"), ("c", "d")]
    first = data["maps"][0]
    assert (first["columns"][0], first["columns"][-1], len(first["columns"])) == ("1 to 5", "56 to 60", 12)
    assert first["cells"][2][11] == 60 + 3 + 2
    assert first["counts"][0][0] == 10
    (row,) = data_of(_page(world, fixed={}))["maps"]
    assert (row["rows"], row["cells"][0][-1]) == ([""], 6)


def test_a_lonely_peak_stands_on_top_of_the_page_and_folds_below(world: World) -> None:
    """The warning, and what each fold was worth where it had not been seen."""
    world.figure = lambda given, _task: 10.0 if given["a"] == 3 else 0.1 * given["a"]
    data = data_of(_page(world, parameters=("a=1:9:1",), split="purged", folds=3))
    assert "lonely peak" in data["warning"]
    assert len(data["folds"]) == 3
    assert "where it was not seen" in data["foldsNote"]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_page_opens_offline_is_accessible_and_fits(world: World, tmp_path: Path, width: int, scheme: str) -> None:
    """With a hostile error text in it; axe finds nothing."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    require_browser()
    world.figure = lambda given, _task: 10.0 if given["a"] == 3 else given["a"] * (1 if given.get("c", 1) < 3 else -1)
    study = world.study(parameters=("a=1:6:1", "c=1:4:1"), fixed={}, split="walk-forward", folds=3)
    findings = study.run()
    findings.rows.append((findings.rows[0][0], None, NASTY))
    file = tmp_path / "page.html"
    file.write_text(optimization_html(findings, study.parameters, study.targets), encoding="utf-8")
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.on("request", lambda request: asked.append(request.url) if request.url.startswith("http") else None)
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        assert page.locator("#maps table").count() == 1
        assert page.locator("#folds tbody tr").count() == 2
        assert NASTY in page.locator("#points").inner_text()
        assert page.evaluate("window.hurt") is None
        violations = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"][:100] for node in one["nodes"]]) for one in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
    assert asked == []
