"""`.env`: credentials as typed, one sentence for what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from leanib.env_file import doubts, read_entries, read_env_file
from leanib.errors import ConfigurationError

PASSWORDS = [
    "plain", "${HOME}", "$HOME", "a${HOME}b", "$", "$$", "a$b", "#", "a#b", "a #b", "# a", " edge", "edge ", "in side",
    'a"b', "a=b", "a\\b", "a`b`", "a!b", "ä€ß", "%41", "a;b&c|d",
]  # fmt: skip
"""22 kinds of passwords that can stand in single quotes as they are."""


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_in_single_quotes_is_taken_as_typed(tmp_path: Path, password: str) -> None:
    """None of its characters means anything, whatever variables there are."""
    (tmp_path / ".env").write_text(f"HOME=/x\nTWS_PASSWORD='{password}'\nLAST=1\n")
    assert read_env_file(tmp_path / ".env")["TWS_PASSWORD"] == password
    assert doubts(read_entries(tmp_path / ".env")) == []


@pytest.mark.parametrize(
    ("written", "value"), [("'it\\'s'", "it's"), ('"say \\"hi\\""', 'say "hi"'), ("'a\\\\'", "a\\")]
)
def test_quotes_within_quotes_have_a_backslash_before_them(tmp_path: Path, written: str, value: str) -> None:
    """As python-dotenv has it."""
    (tmp_path / ".env").write_text(f"TWS_PASSWORD={written}\n")
    assert read_env_file(tmp_path / ".env")["TWS_PASSWORD"] == value


@pytest.mark.parametrize("written", ["a${HOME}b", '"a${HOME}b"', "$HOME", "${UNSET}"])
def test_credentials_are_never_filled_in_with_variables(tmp_path: Path, written: str) -> None:
    """Outside single quotes too; and it is said that Compose by itself may do so."""
    (tmp_path / ".env").write_text(f"TWS_PASSWORD={written}\nOTHER=${{HOME}}\n")
    values = read_env_file(tmp_path / ".env")
    assert values["TWS_PASSWORD"] == written.strip('"')
    assert values["OTHER"] != "${HOME}"
    assert "TWS_PASSWORD in .env (line 1)" in doubts(read_entries(tmp_path / ".env"))[0]


@pytest.mark.parametrize(
    ("written", "part"), [("abc #1", "begins a comment"), ("abc ", "spaces at its edges"), ("a'b", "single quotes")]
)
def test_an_unquoted_password_that_loses_a_part_is_told(tmp_path: Path, written: str, part: str) -> None:
    """By name and line, without its text."""
    (tmp_path / ".env").write_text(f"# first\nTWS_PASSWORD={written}\n")
    (text,) = doubts(read_entries(tmp_path / ".env"))
    assert part in text
    assert "line 2" in text
    assert "abc" not in text


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"A=1\nTWS_PASSWORD=\xe4\n", "line 2, is not UTF-8"),
        (b"\xff\xfeA\x00", "line 1, is not UTF-8"),
        (b"A=1\n\nTWS_PASSWORD='abc\n", "line 3, is not understood"),
        (b"TWS_PASSWORD='a'b'\n", "line 1, is not understood"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, content: bytes, part: str) -> None:
    """One sentence with the remedy."""
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(ConfigurationError, match=part):
        read_env_file(tmp_path / ".env")


def test_no_file_is_no_variable_and_a_folder_is_a_sentence(tmp_path: Path) -> None:
    """Nothing there is fine; a folder of that name is not."""
    assert read_env_file(tmp_path / ".env") == {}
    (tmp_path / ".env").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_env_file(tmp_path / ".env")
