"""What is known of the Gateway images people use (`config/gateway-images.toml`)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from leanib.errors import ConfigurationError
from leanib.operations.compose import SECRET

__all__ = ["ImageFamily", "family_of", "image_overlays", "load_families"]


@dataclass(frozen=True)
class ImageFamily:
    """One family of images.

    Attributes:
        paper: Port inside the container for the paper mode.
        live: The same for live.
        user: Name of the variable for the user's name; empty when it needs none.
        password: The same for the password.
        settings: Folder to keep on a volume.
        password_file: Name of the variable for a file with the password; empty when it reads none.
        asks_again: Whether it can ask again for a second factor that was missed.
        config_ini: Whether its credentials pass through IBC's config.ini, a Java properties file.
    """

    name: str
    match: str
    paper: int
    live: int
    user: str
    password: str
    settings: str
    note: str = ""
    config_ini: bool = False
    password_file: str = ""
    asks_again: bool = True


def load_families(root: Path) -> list[ImageFamily]:
    """The families of a project folder.

    Raises:
        ConfigurationError: The file is missing or wrong.
    """
    file = root / "config" / "gateway-images.toml"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        return [ImageFamily(name=name, **fields) for name, fields in content.items()]
    except FileNotFoundError:
        raise ConfigurationError(f"{file} is missing; run the command from the project's folder") from None
    except (tomllib.TOMLDecodeError, TypeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid ({error}); restore it from git") from error


def family_of(image: str, families: list[ImageFamily]) -> ImageFamily | None:
    """The family that an image's name belongs to, None when nobody knows it."""
    return next((family for family in families if re.search(family.match, image)), None)


def image_overlays(family: ImageFamily | None, root: Path) -> list[str]:
    """The compose files of an image family, seen from `root`; with the one for the secret where it is in use.

    They belong behind `docker-compose.secrets.yml`, whose empty password they replace by the secret's content.
    """
    if family is None:
        return []
    names = [f"docker/gateway/{family.name}.yml"]
    if (root / SECRET).is_file():
        names.append(f"docker/gateway/{family.name}.secret.yml")
    return [name for name in names if (root / name).is_file()]
