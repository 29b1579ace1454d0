"""The versions that our images are made of: renewed together with what they are asked for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
KINDS = ("engine", "services", "monitor")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]


def _asked(kind: str) -> list[Requirement]:
    lines = (ROOT / f"docker/{kind}/requirements.txt").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _locked(kind: str) -> dict[str, str]:
    text = (ROOT / f"docker/{kind}/requirements.lock").read_text()
    return {_name(name): version for name, version in re.findall(r"^([\w.-]+)==([\w.+!]+)", text, re.MULTILINE)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_lock_fits_what_is_asked_for(kind: str) -> None:
    """Else: make lock."""
    locked = _locked(kind)
    assert [str(one) for one in _asked(kind) if locked.get(_name(one.name), "") not in one.specifier] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_asks_for_what_the_project_asks_for(kind: str) -> None:
    """The same bounds: an image with another pandas than the tests had would be another product."""
    project = {_name(one.name): one.specifier for one in map(Requirement, PROJECT)}
    differing = [str(one) for one in _asked(kind) if project.get(_name(one.name), one.specifier) != one.specifier]
    assert differing == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_version_has_its_hashes_and_no_registry_is_named(kind: str) -> None:
    """Pip takes nothing else, from wherever it is fetched."""
    text = (ROOT / f"docker/{kind}/requirements.lock").read_text()
    entries = re.findall(r"^[\w.-]+==.*(?:\n[ \t].*)*", text, re.MULTILINE)
    assert {_name(entry.partition("==")[0]) for entry in entries} == set(_locked(kind))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "--require-hashes" in (ROOT / f"docker/{kind}/Dockerfile").read_text()
