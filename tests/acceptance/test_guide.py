"""The guide: its site builds without a warning, its commands work as they stand, its tables are those of the code."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.report.browser import EXECUTABLE, require_browser

from leanib.cli.main import subcommands, summaries
from leanib.demo.gateway import free_port
from leanib.ib.codes import CODES

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text()
TROUBLE = (ROOT / "docs" / "troubleshooting.md").read_text()
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: no broken link, no page forgotten, no docstring that cannot be read."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "not included in the" not in done.stderr, done.stderr
    return folder


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_site_is_whole_and_needs_no_network(site: Path) -> None:
    """Every page and every command; nothing fetched from elsewhere."""
    home = (site / "index.html").read_text()
    pages = [page.stem for page in (ROOT / "docs").glob("*.md")]
    assert [page for page in pages if f'href="{page}.html"' not in home] == []
    for page in site.rglob("*.html"):
        text = page.read_text()
        fetched = re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(https?://[^"]+)"', text)
        assert [address for address in fetched if 'rel="canonical"' not in address] == [], page
    commands = (site / "reference" / "commands.html").read_text()
    for name in summaries():
        for words in (name, *(f"{name} {below}" for below in subcommands(name))):
            assert f">leanib {words}<" in commands, words
    assert "IBConnectionManager" in (site / "reference" / "ib.html").read_text()


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("width", [1400, 390])
def test_the_site_opens_from_the_disk_and_is_searched_there(site: Path, width: int) -> None:
    """No server, no network, wide and narrow: no error, nothing to scroll sideways, and a word is found."""
    require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        page = browser.new_context(offline=True, viewport={"width": width, "height": 900}).new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        # What the next page comes before (the icon of the last one) is given up, and no error of the site.
        page.on("requestfailed", lambda request: errors.append(f"{request.url}: {request.failure}"))
        for name in ("tutorial", "data", "reference/testing", "index"):
            page.goto(f"file://{site}/{name}.html")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        page.keyboard.press("/")
        page.keyboard.type("walk-forward")
        page.wait_for_selector(".md-search-result__item a[href*='optimizing']", timeout=30_000)
        browser.close()
    assert [error for error in errors if not error.endswith("net::ERR_ABORTED")] == []


def test_the_stopwatch_knows_the_tutorial_and_the_tutorial_its_times() -> None:
    """Each part with an aim has commands, and the times that are told are those that were measured."""
    spec = importlib.util.spec_from_file_location("stopwatch", ROOT / "benchmarks" / "stopwatch.py")
    assert spec is not None
    assert spec.loader is not None
    stopwatch = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = stopwatch  # its dataclass looks itself up there
    spec.loader.exec_module(stopwatch)
    found = {part.number: part for part in stopwatch.parts(TUTORIAL)}
    assert all(found[number].commands for number in stopwatch.AIMS)
    assert [path for part in found.values() for path in part.files] == ["algorithms/first_trade/main.py"]
    measured = (ROOT / "docs" / "BENCHMARKS.md").read_text()
    for name, aim in stopwatch.AIMS.values():
        row = rf"^\| {name} \| (\d+) s \| (\d+):(\d\d) min \|"
        [(machine, minutes, seconds)] = re.findall(row, measured, re.MULTILINE)
        assert int(minutes) * 60 + int(seconds) <= aim
        assert f"{machine} s" in TUTORIAL
        assert f"{minutes}:{seconds}" in TUTORIAL


def test_the_codes_are_those_that_are_acted_upon() -> None:
    """Number, meaning and action of each."""
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|$", TROUBLE, re.MULTILINE)
    assert {(int(number), meaning, action) for number, meaning, action in rows} == {
        (code.number, code.meaning, code.action) for code in CODES.values()
    }


def test_the_sentences_are_ours() -> None:
    """What the page quotes stands in the code; what IBC says is marked as such."""
    code = " ".join(path.read_text() for path in (ROOT / "src" / "leanib").rglob("*.py"))
    rows = [line.split("|")[1].strip() for line in TROUBLE.splitlines() if line.startswith("| ")]
    quoted = [words for row in rows if "IBC's" not in row for words in re.findall(r"`([^`]+)`", row)]
    assert len(quoted) > 5
    missing = [words for words in quoted if words.strip(". ") not in code and "command not found" not in words]
    assert missing == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_tutorial_goes_as_it_is_written(tmp_path: Path) -> None:
    """Every command in order, each with exit code 0, in a copy of a fresh clone; the files are written as shown."""
    folder = _clone(tmp_path)
    port = str(free_port())
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "IB_PAPER_PORT": port}
    environment["XDG_STATE_HOME"] = str(tmp_path / "state")
    for kind, block in re.findall(r"```(bash|python)\n(.*?)```", TUTORIAL, re.DOTALL):
        if kind == "python":
            name = block.partition("\n")[0].removeprefix("# ")
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(block)
    background: list[subprocess.Popen[bytes]] = []
    try:
        for line in _commands(TUTORIAL):
            words = line.replace("4001", port).removesuffix(" &").split()
            if line.endswith("&"):
                silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
                background.append(subprocess.Popen(words, cwd=folder, env=environment, **silent))
                _wait_for(int(port))
                continue
            done = subprocess.run(
                words, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
            )
            assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    finally:
        for process in background:
            process.terminate()
            process.wait(timeout=10)
    assert "SPY" in done.stdout, "the tutorial's last command shows what its strategy bought"


def _commands(text: str) -> list[str]:
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def _clone(tmp_path: Path) -> Path:
    folder = tmp_path / "leanib"
    folder.mkdir()
    for name in ("config", "algorithms"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("backtests", "live", "__pycache__"))
    shutil.copy(ROOT / "lean.json", folder)
    (folder / "data").symlink_to(ROOT / "data")
    return folder


def _wait_for(port: int) -> None:
    for _ in range(300):
        time.sleep(0.1)
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError(f"nothing listens on port {port}")
