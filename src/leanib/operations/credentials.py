"""The login's name and password on their way into a Gateway's container: as typed, whichever Compose is there.

They are handed to Compose in its environment, where neither generation fills in variables, so that `.env` is read by
`leanib.env_file` and nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from leanib.operations.compose import SECRET
from leanib.operations.gateway_images import ImageFamily

__all__ = ["as_property", "credentials_for", "secret_doubt"]

_NAMES = ("TWS_USERID", "TWS_PASSWORD")


def credentials_for(family: ImageFamily | None, environment: Mapping[str, str]) -> dict[str, str]:
    """The credentials in the form that the image's login automation reads back as typed."""
    given = {name: environment[name] for name in _NAMES if environment.get(name)}
    if family is None or not family.config_ini:
        return given
    return {name: as_property(value) for name, value in given.items()}


def as_property(value: str) -> str:
    """A value as it must stand in a Java properties file (IBC's config.ini), which is read as ISO 8859-1.

    Source: `java.util.Properties.load`: a backslash begins an escape, blanks before a value are skipped.
    """
    bare = value.lstrip(" \t\f")
    blanks = value[: len(value) - len(bare)]
    return "".join("\\" + blank for blank in blanks) + "".join(_escaped(character) for character in bare)


def secret_doubt(family: ImageFamily | None, root: Path) -> str:
    """What the image would make of the password in secrets/tws_password that is not as typed; empty when nothing."""
    try:
        password = (root / SECRET).read_bytes().decode().rstrip("\n")
    except UnicodeDecodeError:
        return f"{SECRET} is not UTF-8: save it in that encoding"
    except OSError:
        return ""
    if family is not None and family.config_ini and as_property(password) != password:
        return (
            f"{SECRET} holds a backslash, a blank at its beginning or a letter beyond ASCII, which the image's "
            "login automation (IBC) reads otherwise: write the password into .env, in single quotes"
        )
    return ""


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isascii():
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
