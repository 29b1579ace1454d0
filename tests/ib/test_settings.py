"""Settings: environment over .env over file over default, and clear words about mistakes."""

import re
from pathlib import Path

import pytest

from leanib.errors import ConfigurationError
from leanib.ib.settings import load_settings
from leanib.ib.variables import unknown_in_environment


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder, with none of the variables set."""
    for name in ("IB_PAPER_PORT", "IB_LIVE_PORT", "IB_ACCOUNT", "IB_HOST", "TWS_USERID", "TWS_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").mkdir()
    return tmp_path


def test_ports_are_the_users_own(root: Path) -> None:
    """Paper is 4001 and live 4002, the reverse of IB's convention."""
    assert load_settings("paper", root).port == 4001
    assert load_settings("live", root).port == 4002


def test_environment_wins_over_dotenv_over_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same key in all three places is taken from the strongest."""
    (root / "config" / "paper.toml").write_text("paper_port = 1111\n[connection]\nretries = 7\n")
    assert load_settings("paper", root).port == 1111
    (root / ".env").write_text("IB_PAPER_PORT=2222\n")
    assert load_settings("paper", root).port == 2222
    monkeypatch.setenv("IB_PAPER_PORT", "3333")
    settings = load_settings("paper", root)
    assert (settings.port, settings.connection.retries) == (3333, 7)


def test_secrets_show_in_no_repr(root: Path) -> None:
    """User, password and account are not in the settings' text."""
    (root / ".env").write_text("TWS_USERID=someuser\nTWS_PASSWORD=hunter22\nIB_ACCOUNT=DU1234567\n")
    settings = load_settings("paper", root)
    assert settings.secrets == ("someuser", "hunter22", "DU1234567")
    assert not any(secret in repr(settings) + str(settings) for secret in settings.secrets)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[conection]\nretries = 1\n", "unknown key 'conection'"),
        ("[connection]\nretrys = 1\n", "connection.retrys"),
        ("[connection]\nretries = -1\n", "connection.retries"),
        ("[connection\n", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named(root: Path, text: str, part: str) -> None:
    """Unknown keys, wrong values and broken TOML are told with the key and the file."""
    (root / "config" / "paper.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=part) as caught:
        load_settings("paper", root)
    assert "paper.toml" in str(caught.value)


def test_a_mistake_in_the_environment_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is no number is told with the variable's name."""
    monkeypatch.setenv("IB_PAPER_PORT", "four")
    with pytest.raises(ConfigurationError, match="IB_PAPER_PORT"):
        load_settings("paper", root)


@pytest.mark.parametrize("below", [".", "algorithms/x", "algorithms/x/y/z"])
@pytest.mark.parametrize("mark", ["lean.json", "config/live.toml", "config/paper.toml"])
def test_the_project_is_looked_for_upwards(root: Path, monkeypatch: pytest.MonkeyPatch, below: str, mark: str) -> None:
    """From any folder of a project the same settings, journal, log and `.env` are used."""
    (root / mark).write_text("[quotes]\nstale_after = 7\n" if mark.endswith("toml") else "{}")
    (root / "config" / "paper.toml").write_text("[risk]\nmax_order_value = 5\n")
    (root / ".env").write_text("IB_PAPER_PORT=2222\n")
    (root / below).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(root / below)
    settings = load_settings()
    assert (settings.source.root, settings.port, settings.risk.max_order_value) == (root.resolve(), 2222, 5)
    assert settings.orders.journal == root.resolve() / "storage/orders.sqlite3"
    assert settings.log_file == root.resolve() / "logs/ib_connection.log"


def test_the_nearest_project_wins(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project inside another one has its own limits; an algorithm's `config.json` makes no project."""
    (root / "config" / "paper.toml").write_text("[risk]\nmax_order_value = 5\n")
    inner = root / "other"
    (inner / "config").mkdir(parents=True)
    (inner / "config" / "paper.toml").write_text("[risk]\nmax_order_value = 6\n")
    (inner / "algorithms" / "x").mkdir(parents=True)
    (inner / "algorithms" / "x" / "config.json").write_text("{}")
    monkeypatch.chdir(inner / "algorithms" / "x")
    assert load_settings().risk.max_order_value == 6


def test_no_limits_file_is_an_obstacle(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `config/paper.toml` no order is sent, not even with limits in the environment alone."""
    monkeypatch.setenv("LEANIB_RISK__MAX_ORDER_VALUE", "5")
    assert "there is no limits file, config/paper.toml" in load_settings("paper", root).limits_obstacle()
    assert "config/live.toml" in load_settings("live", root).limits_obstacle()


@pytest.mark.parametrize(
    ("text", "obstacle"),
    [
        ("", "limits the value of neither"),
        ("[connection]\nretries = 1\n", "limits the value of neither"),
        (
            "[risk]\nmax_order_quantity = 5\nmax_daily_loss = 5\nmax_orders_per_minute = 1\n",
            "limits the value of neither",
        ),
        ("[risk]\nmax_order_value = 0\nmax_position_value = 0\n", "limits the value of neither"),
        ("[risk]\nunlimited = false\n", "limits the value of neither"),
        ("[risk]\nmax_order_value = 5\n", ""),
        ("[risk]\nmax_position_value = 0.5\n", ""),
        ("[risk]\nunlimited = true\n", ""),
        ("[risk]\nunlimited = true\nmax_order_quantity = 5\n", ""),
    ],
)
def test_a_file_that_limits_no_value_is_an_obstacle(root: Path, text: str, obstacle: str) -> None:
    """A limit on an order's or a position's value is needed, or `unlimited` written out; the file is named."""
    (root / "config" / "paper.toml").write_text(text)
    said = load_settings("paper", root).limits_obstacle()
    assert bool(said) == bool(obstacle)
    assert obstacle in said
    assert not said or str(root / "config" / "paper.toml") in said


@pytest.mark.parametrize("limit", ["max_order_value", "max_position_value"])
def test_unlimited_beside_a_limit_is_refused(root: Path, limit: str) -> None:
    """Two words that contradict each other are told, not weighed."""
    (root / "config" / "paper.toml").write_text(f"[risk]\nunlimited = true\n{limit} = 5\n")
    with pytest.raises(ConfigurationError, match="exclude each other"):
        load_settings("paper", root)


def test_the_project_s_own_files_let_orders_pass() -> None:
    """The configuration that comes with the project has limits on values in both modes."""
    project = Path(__file__).parents[2]
    assert [load_settings(mode, project).limits_obstacle() for mode in ("paper", "live")] == ["", ""]


def test_every_variable_that_the_project_reads_is_a_known_one() -> None:
    """What a command or a compose file reads must not be refused as a typing error."""
    root = Path(__file__).parents[2]
    files = [*root.glob("docker-compose*.yml"), *(root / "docker").rglob("*.yml"), root / ".env.example"]
    pattern = re.compile(r"\$\{(IB_\w+)|^#? ?(IB_\w+)=", re.MULTILINE)
    read = {name for file in files for name in pattern.findall(file.read_text())}
    names = {name for found in read for name in found if name}
    sources = "".join(file.read_text() for file in (root / "src" / "leanib").rglob("*.py"))
    names |= set(re.findall(r'"(IB_[A-Z]\w+)"', sources))
    assert names >= {"IB_HOST", "IB_GATEWAY_IMAGE", "IB_GATEWAY_MEMORY"}
    assert unknown_in_environment(names) == []
