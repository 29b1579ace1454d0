"""A hostile reading of the compose files."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from leanib.operations.compose import compose_files
from leanib.operations.credentials import second_factor_doubt
from leanib.operations.gateway_images import family_of, load_families

ROOT = Path(__file__).parents[2]
OWN = ("simulator", "monitor", "monitor-live", "strategy", "strategy-live")
OVERLAYS = ["", "docker-compose.secrets.yml", *(file.name for file in sorted((ROOT / "docker/gateway").glob("*.yml")))]


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    """The main file, parsed."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_nothing_is_published_beyond_loopback(content):
    """Every port of every service in every file begins with 127.0.0.1."""
    files = [ROOT / "docker-compose.yml", ROOT / "docker-compose.secrets.yml", *(ROOT / "docker/gateway").glob("*.yml")]
    for file in files:
        for name, service in yaml.safe_load(file.read_text())["services"].items():
            assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", []))
            assert "network_mode" not in service
            assert not service.get("privileged")
            has_docker = any("docker.sock" in str(volume) for volume in service.get("volumes", []))
            assert has_docker == (name in ("monitor", "monitor-live")), "it starts LEAN; nobody else may"


@pytest.mark.parametrize("name", OWN)
def test_our_services_are_shut_in(content, name):
    """Not root, read-only, no capability, no new privileges, limits, bounded logs, a health check every 30 s."""
    service = content["services"][name]
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]
    assert service["healthcheck"]["interval"] == "${HEALTH_INTERVAL:-30s}"
    assert service["restart"] == ("on-failure:3" if name.startswith("strategy") else "unless-stopped")


def test_a_strategy_sees_neither_the_login_nor_docker_nor_the_project(content):
    """A copy of its code, data, its results, the journal's folder, the user's state; code and data read-only."""
    for name in ("strategy", "strategy-live"):
        service = content["services"][name]
        targets = {word.rpartition("}")[2].partition(":")[2]: word for word in service["volumes"]}
        assert all(volume.endswith(":ro") for target, volume in targets.items() if target.startswith(("/Lean", "/Lib")))
        assert not [volume for volume in service["volumes"] if volume.startswith(("${LEANIB_ROOT", "./:", ".:"))]
        assert "/Storage/operations" in service["tmpfs"]
        assert not {"TWS_USERID", "TWS_PASSWORD", "IB_ACCOUNT"} & set(service["environment"])
    assert content["services"]["strategy"]["container_name"] != content["services"]["strategy-live"]["container_name"]


def test_the_gateway_has_no_capability(content):
    """Nor can it get one; limits, bounded logs, a health check."""
    service = content["services"]["ib-gateway"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]
    for file in (ROOT / "docker/gateway").glob("*.yml"):
        assert "cap_add" not in yaml.safe_load(file.read_text())["services"]["ib-gateway"]


def test_a_missed_second_factor_is_asked_for_again(content):
    """By default: TWOFA_TIMEOUT_ACTION alone does nothing, and the Gateway waits at a dead dialog for ever."""
    given = content["services"]["ib-gateway"]["environment"]
    assert given["RELOGIN_AFTER_TWOFA_TIMEOUT"] == "${RELOGIN_AFTER_TWOFA_TIMEOUT:-yes}"
    assert "RELOGIN_AFTER_TWOFA_TIMEOUT=yes" in (ROOT / ".env.example").read_text().splitlines()
    families = {family.name: family for family in load_families(ROOT)}
    live = {"TRADING_MODE": "live"}
    assert second_factor_doubt(families["gnzsnz"], live) == ""
    assert second_factor_doubt(families["gnzsnz"], {"RELOGIN_AFTER_TWOFA_TIMEOUT": "no"}) == ""  # paper asks for none
    assert "=yes into .env" in second_factor_doubt(families["gnzsnz"], {**live, "RELOGIN_AFTER_TWOFA_TIMEOUT": "no"})
    assert "ask only once" in second_factor_doubt(families["manhinhang"], live)


def test_settings_are_saved_at_times_that_ibc_knows(content):
    """SaveTwsSettingsAt takes times of the day or an interval; `yes`, as a switch would have it, is none of them."""
    known = re.compile(r"\d\d:\d\d( \d\d:\d\d)*|[Ee]very( \d+)?( mins| hours)?( \d\d:\d\d)?")
    given = content["services"]["ib-gateway"]["environment"]["SAVE_TWS_SETTINGS"]
    default = re.fullmatch(r"\$\{SAVE_TWS_SETTINGS:-(.+)\}", given)[1]
    example = re.search(r"^#? ?SAVE_TWS_SETTINGS=(.+)$", (ROOT / ".env.example").read_text(), re.MULTILINE)[1]
    for value in (default, example):
        assert known.fullmatch(value), value
    assert not known.fullmatch("yes")


def test_no_secret_stands_in_a_file(content):
    """Passwords are references to the environment or to a secret, without a default."""
    text = "".join(file.read_text() for file in [*ROOT.glob("docker-compose*.yml"), *ROOT.glob("docker/**/*.yml")])
    for line in re.findall(r"^.*PASSWORD.*$", text, re.MULTILINE):
        if not line.lstrip().startswith(("#", "entrypoint")):
            assert re.search(r':\s*(\$\{\w+:-\}|""|/run/secrets/\w+)$', line), line


def test_default_image_is_pinned_and_known(content):
    """A tag that is a version, and a port map for it that the file's defaults agree with."""
    image = re.search(r":-(.+)\}$", content["services"]["ib-gateway"]["image"])[1]
    assert re.search(r":\d+\.\d+", image)
    family = family_of(image, load_families(ROOT))
    ports = "\n".join(content["services"]["ib-gateway"]["ports"])
    assert f"IB_GATEWAY_PAPER_PORT:-{family.paper}" in ports
    assert f"IB_GATEWAY_LIVE_PORT:-{family.live}" in ports


@pytest.mark.parametrize(
    ("image", "family"),
    [
        ("ghcr.io/unusualcode/ib-gateway", "unusualcode"),
        ("ghcr.io/gnzsnz/ib-gateway:stable", "gnzsnz"),
        ("ghcr.io/extrange/ibkr:latest", "extrange"),
        ("somebody/else", None),
    ],
)
def test_image_families_are_recognised(image, family):
    """By the image's name."""
    found = family_of(image, load_families(ROOT))
    assert (found.name if found else None) == family


def test_secrets_file_is_used_when_the_secret_is_there(tmp_path):
    """Only then."""
    assert compose_files(tmp_path) == ["docker-compose.yml"]
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "tws_password").write_text("x")
    assert compose_files(tmp_path) == ["docker-compose.yml", "docker-compose.secrets.yml"]


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_compose_accepts_every_combination(overlay):
    """`config` is clean for every profile and overlay."""
    folder = "" if overlay.startswith("docker-compose") else "docker/gateway/"
    names = ["docker-compose.yml", *([f"{folder}{overlay}"] if overlay else [])]
    if ".secret." in overlay:
        names[1:1] = ["docker-compose.secrets.yml", f"{folder}{overlay.partition('.')[0]}.yml"]
    files = [word for name in names for word in ("--file", name)]
    done = subprocess.run(
        ["docker-compose", *files, "--profile", "simulator", "config", "--quiet"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
