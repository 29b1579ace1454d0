"""Settings: environment over .env over file over default, and clear words about mistakes."""

from pathlib import Path

import pytest

from leanib.errors import ConfigurationError
from leanib.ib.settings import load_settings


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
