"""The login's name and password on their way into a Gateway's container: as typed, whichever Compose is there.

They are handed to Compose in its environment, where neither generation fills in variables, so that `.env` is read by
`leanib.env_file` and nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from leanib.operations.compose import SECRET
from leanib.operations.gateway_images import ImageFamily

__all__ = ["as_property", "credentials_for", "second_factor_doubt", "secret_doubt"]

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
    if family is None:
        return (
            f"{SECRET} reaches the container as the file that TWS_PASSWORD_FILE names; whether this image reads it "
            "is not known: if it does not log in, write the password into .env, or add the image to "
            "config/gateway-images.toml"
        )
    if family.config_ini and as_property(password) != password:
        return (
            f"{SECRET} holds a backslash, a blank at its beginning or a letter beyond ASCII, which the image's "
            "login automation (IBC) reads otherwise: write the password into .env, in single quotes"
        )
    return ""


def second_factor_doubt(family: ImageFamily | None, environment: Mapping[str, str]) -> str:
    """Whether a missed second factor leaves the Gateway waiting for ever; empty when it does not.

    Without a second login IBC stays at the dead dialog, whatever TWOFA_TIMEOUT_ACTION says: the container runs, the
    port accepts, and nothing more happens (IBC's LoginManager).
    """
    if environment.get("TRADING_MODE") != "live":  # paper logins need no second factor
        return ""
    remedy = "until 'leanib gateway restart'"
    if family is not None and not family.asks_again:
        return f"images of {family.name} ask only once for the second factor; one that is missed is waited for {remedy}"
    if environment.get("RELOGIN_AFTER_TWOFA_TIMEOUT", "yes").strip().lower() not in ("yes", "true"):
        return (
            "RELOGIN_AFTER_TWOFA_TIMEOUT is not 'yes': a second factor that is missed once is waited for "
            f"{remedy}; write RELOGIN_AFTER_TWOFA_TIMEOUT=yes into .env to be asked again"
        )
    return ""


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isascii():
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
