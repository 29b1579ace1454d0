"""`leanib new`: every template's test passes, its strategy trades on the sample data, and nothing is overwritten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from leanib.cli.main import main
from leanib.scaffold import TEMPLATES
from leanib.testing import run_algorithm

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder outside of every project."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_trades_on_the_sample_data(folder: Path, template: str) -> None:
    """As `leanib new` leaves it."""
    assert main(["new", f"my-{template}", "--template", template, "--sample-data"]) == 0
    strategy = folder / "algorithms" / f"my-{template}"
    run = run_algorithm(strategy, folder / "data")
    assert {order.status for order in run.orders} >= {"FILLED"}
    assert "INVALID" not in {order.status for order in run.orders}
    assert f"class My{template.capitalize()}(QCAlgorithm)" in (strategy / "main.py").read_text()


def test_the_templates_pass_their_own_tests(folder: Path) -> None:
    """All of them in one project, with plain pytest."""
    for template in TEMPLATES:
        assert main(["new", f"my-{template}", "--template", template]) == 0
    words = [sys.executable, "-m", "pytest", "-q", "algorithms"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout[-3000:]


def test_an_empty_folder_becomes_a_project(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """LEAN's settings, limits, the Gateway's files and opening hours; prices only when asked for."""
    assert main(["new", "first"]) == 0
    told = capsys.readouterr().out
    expected = ("lean.json", "config/paper.toml", "docker-compose.yml", "data/market-hours", "algorithms/first/main.py")
    for name in expected:
        assert (folder / name).exists(), name
    assert "made  lean.json" in told
    assert "no prices in data/ yet" in told
    assert not (folder / "data" / "equity").exists()
    assert main(["new", "second", "--sample-data"]) == 0
    assert (folder / "data" / "equity" / "usa" / "daily" / "aapl.zip").is_file()
    assert "no prices" not in capsys.readouterr().out


def test_prices_can_be_had_afterwards(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without another strategy, as the command says that made the first; a second time there is nothing to do."""
    assert main(["new", "first"]) == 0
    assert "'leanib new --sample-data'" in capsys.readouterr().out
    assert main(["new", "--sample-data"]) == 0
    assert "made  data/equity/usa/daily/" in capsys.readouterr().out
    assert [path.name for path in (folder / "algorithms").iterdir()] == ["first"]
    assert main(["new", "--sample-data"]) == 0
    assert "already" in capsys.readouterr().out
    assert main(["new"]) == 2
    assert capsys.readouterr().err == "leanib: name the strategy: leanib new my_strategy\n"


def test_in_a_project_only_the_strategy_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From any folder inside it; what is there keeps its content."""
    (folder / "lean.json").write_text("{}")
    (folder / "notes").mkdir()
    monkeypatch.chdir(folder / "notes")
    assert main(["new", "first"]) == 0
    assert {path.name for path in folder.iterdir()} == {"lean.json", "notes", "algorithms"}
    assert (folder / "lean.json").read_text() == "{}"


def test_files_of_ones_own_stay(folder: Path) -> None:
    """Where a folder becomes a project."""
    (folder / "config").mkdir()
    (folder / "config" / "paper.toml").write_text("# mine\n")
    (folder / ".gitignore").write_text("mine\n")
    assert main(["new", "first"]) == 0
    assert (folder / "config" / "paper.toml").read_text() == "# mine\n"
    assert (folder / ".gitignore").read_text() == "mine\n"
    assert (folder / "config" / "live.toml").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["first"], "is there already"),
        (["1st"], "is no name for a strategy"),
        (["class"], "is no name for a strategy, which Python keeps for itself"),
        ([""], "is no name for a strategy"),
        (["../other"], "is no name for a strategy"),
        (["algorithms/first"], "; write first"),
        (["a" * 300], "(300 characters)"),
        (["second", "--template", "weekly"], "there is no template 'weekly'; there are daily"),
    ],
)
def test_what_cannot_be_made_is_said(
    folder: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, one sentence, and nothing is made."""
    (folder / "algorithms" / "first").mkdir(parents=True)
    (folder / "escape").mkdir()
    before = sorted(folder.rglob("*"))
    assert main(["new", *words]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_wheel_needs_no_repository(tmp_path: Path) -> None:
    """Installed elsewhere, in an empty folder: new, backtest, its test, simulate and a connection to it."""
    python = _install_wheel(tmp_path)
    folder = tmp_path / "empty"
    folder.mkdir()

    def run(*words: str) -> str:
        command = [str(python), *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    assert str(tmp_path) in run("-c", "import leanib; print(leanib.__file__)")
    run("-m", "leanib", "new", "first", "--sample-data")
    assert "Total Orders" in run("-m", "leanib", "backtest", "algorithms/first")
    assert "3 passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider", "algorithms/first")
    run("-m", "leanib", "new", "calls", "--template", "options")
    assert "Total Orders" in run("-m", "leanib", "backtest", "algorithms/calls", "--end", "2012-03-30")
    assert "3 passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider", "algorithms/calls")
    run("-m", "leanib", "new", "rolls", "--template", "futures")
    assert "Total Orders" in run("-m", "leanib", "backtest", "algorithms/rolls", "--end", "2012-03-30")
    assert "3 passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider", "algorithms/rolls")
    words = [str(python), "-m", "leanib", "simulate", "--port", "0", "--no-view", "--always-open"]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True) as simulator:
        try:
            assert simulator.stdout is not None
            port = simulator.stdout.readline().split("127.0.0.1:")[1].split(",")[0]
            (folder / ".env").write_text(f"IB_PAPER_PORT={port}\n")
            assert "ready" in run("-m", "leanib", "connect", "--check")
            run("-m", "leanib", "order", "buy", "AAPL", "10", "--wait")
        finally:
            simulator.terminate()


def _install_wheel(folder: Path) -> Path:
    """An environment with the wheel and the present environment's other packages; its Python."""
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)], check=True, timeout=300)
    subprocess.run([*uv, "venv", "--quiet", str(folder / "venv")], check=True, timeout=120)
    python = folder / "venv" / "bin" / "python"
    [wheel] = folder.glob("leanib-*.whl")
    install = [*uv, "pip", "install", "--quiet", "--no-deps", "--python", str(python), str(wheel)]
    subprocess.run(install, check=True, timeout=300)
    [packages] = (folder / "venv" / "lib").glob("python*/site-packages")
    others = next(path for path in sys.path if path.endswith("site-packages"))
    (packages / "others.pth").write_text(others + "\n")
    return python
