"""Builds the project's images for the tests, without a registry: base image from Debian, wheels from the host.

An image is named by its content, so that a second run finds it; Docker's own cache keeps the dependencies' layers.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = Path(tempfile.gettempdir()) / f"leanib-containers-{os.getuid()}"
BASE = os.environ.get("LEANIB_TEST_BASE_IMAGE", "leanib/base")
"""A base image with Python 3.11; set it where a registry is reachable."""


def image(kind: str) -> str:
    """The name of `engine` or `services`, built when its content changed.

    LEANIB_TEST_ENGINE_IMAGE and LEANIB_TEST_SERVICES_IMAGE name images to try instead.
    """
    given = os.environ.get(f"LEANIB_TEST_{kind.upper()}_IMAGE")
    if given:
        return given
    name = f"leanib/{kind}:test-{_content(kind)}"
    with _locked("build"):
        if not exists(name):
            _build(kind, name)
            _remove_older(kind, name)
    return name


def _remove_older(kind: str, name: str) -> None:
    """Earlier contents' images; those in use stay."""
    form, wanted = "{{.Repository}}:{{.Tag}}", f"reference=leanib/{kind}:test-*"
    words = ["docker", "image", "ls", "--format", form, "--filter", wanted]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    for older in set(listed) - {name}:
        subprocess.run(["docker", "image", "rm", older], capture_output=True, check=False)


def exists(name: str) -> bool:
    """Whether the Docker engine has an image."""
    return subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False).returncode == 0


@contextmanager
def _locked(name: str) -> Iterator[None]:
    """One worker of a test run at a time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _content(kind: str) -> str:
    digest = hashlib.sha256(BASE.encode())
    for folder in (f"docker/{kind}", "src", *(["config"] if kind == "services" else [])):
        for file in sorted(path for path in (ROOT / folder).rglob("*") if path.is_file()):
            if "__pycache__" not in file.parts:
                digest.update(file.relative_to(ROOT).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _build(kind: str, name: str) -> None:
    _make_base()
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        for part in ("docker/engine", "docker/services", "docker/monitor", "config"):
            shutil.copytree(ROOT / part, context / part)
        shutil.copytree(_wheels(kind), context / "docker/wheels")
        _pip("wheel", "--no-deps", "--wheel-dir", str(context / "docker/dist"), str(ROOT))
        file = f"docker/{kind}/Dockerfile"
        options = ["--build-arg", f"BASE_IMAGE={BASE}", "--build-arg", "PIP_OPTIONS=--no-index"]
        _run("docker", "build", *options, "--tag", name, "--file", file, ".", cwd=context)


def _make_base() -> None:
    if not exists(BASE):
        _run("bash", str(ROOT / "docker/base-image.sh"), BASE, cwd=ROOT)


def _wheels(kind: str) -> Path:
    """The dependencies' wheels for the image's Python (3.11 on this kind of machine), downloaded once."""
    requirements = ROOT / f"docker/{kind}/requirements.lock"
    name = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = CACHE / f"wheels-{kind}-{name}"
    if not folder.is_dir():
        fresh = CACHE / f"{folder.name}.part"
        shutil.rmtree(fresh, ignore_errors=True)
        only = ["--only-binary=:all:", "--python-version", "3.11"]
        _pip("download", *only, "--dest", str(fresh), "--requirement", str(requirements))
        fresh.rename(folder)
    return folder


def _pip(*words: str) -> None:
    _run(sys.executable, "-m", "pip", words[0], "--quiet", "--disable-pip-version-check", *words[1:], cwd=ROOT)


def _run(*words: str, cwd: Path) -> None:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
