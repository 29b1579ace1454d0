"""Images pinned by digest: what a tag means today, written down, so that a tag that moves changes nothing here.

Source: https://docs.docker.com/reference/api/engine/ (`/distribution/{name}/json`): the engine asks the registry,
nothing is downloaded.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leanib.env_file import read_entries
from leanib.errors import ConfigurationError, LeanIBError
from leanib.private_files import write_private

__all__ = ["ImagePin", "image_pins", "write_pins"]


@dataclass(frozen=True)
class ImagePin:
    """An image that is named in `.env`.

    Attributes:
        variable: Its name there.
        tagged: The image with its tag, without a digest.
        pinned: The digest that is written down; empty when there is none.
        current: The digest that the tag has at the registry now.
    """

    variable: str
    tagged: str
    pinned: str
    current: str

    @property
    def is_current(self) -> bool:
        """Whether the digest that is written down is that of the tag."""
        return self.pinned == self.current

    @property
    def value(self) -> str:
        """For `.env`: the tag for people, the digest for Docker, which looks at nothing else."""
        return f"{self.tagged}@{self.current}"


def image_pins(client: Any, defaults: Mapping[str, str], environment: Mapping[str, str]) -> list[ImagePin]:
    """What the registries say of each image.

    Args:
        client: The Docker engine.
        defaults: The variables of `.env` and the image that each stands for when it is empty.
        environment: `.env` with the process's environment over it.

    Raises:
        LeanIBError: A registry does not answer, or does not know the image.
    """
    return [_pin(client, variable, environment.get(variable) or image) for variable, image in defaults.items()]


def write_pins(pins: list[ImagePin], file: Path) -> None:
    """Writes them into `.env`, each in its own line or at the end; everything else stays as it is, the mode is 0600.

    Raises:
        ConfigurationError: There is no `.env`, or it cannot be read or written.
    """
    if not file.is_file():
        raise ConfigurationError(f"there is no {file}: copy .env.example to .env first")
    lines = {entry.name: entry.line for entry in read_entries(file)}
    text = file.read_text(encoding="utf-8-sig").split("\n")
    for pin in pins:
        line = f"{pin.variable}={pin.value}"
        if pin.variable in lines:
            text[lines[pin.variable] - 1] = line
        else:
            end = len(text) - 1 if not text[-1] else len(text)
            text.insert(end, line)
    try:
        write_private(file, "\n".join(text))
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from None


def _pin(client: Any, variable: str, image: str) -> ImagePin:
    tagged, _, pinned = image.partition("@")
    if not re.search(r":[^/]+$", tagged):
        tagged += ":latest"
    return ImagePin(variable, tagged, pinned, _digest(client, tagged))


def _digest(client: Any, tagged: str) -> str:
    errors: Any = importlib.import_module("docker.errors")
    try:
        return str(client.api.inspect_distribution(tagged)["Descriptor"]["digest"])
    except errors.NotFound:
        raise LeanIBError(f"the registry has no image {tagged}; see its page for the tags that there are") from None
    except (errors.DockerException, OSError) as error:
        said = getattr(error, "explanation", None) or type(error).__name__
        raise LeanIBError(
            f"what {tagged} is today could not be asked ({said}): see the network and 'docker login', then try again"
        ) from None
