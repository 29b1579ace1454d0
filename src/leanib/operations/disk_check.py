"""Is there room where the Gateway writes? Seen from inside its container, since its volumes may lie anywhere."""

from __future__ import annotations

from leanib.operations.findings import Finding, Verdict
from leanib.operations.gateway import GatewayStatus, docker_client

__all__ = ["check_disk", "least_free"]

_FULL, _LOW = 1024, 100 * 1024  # KiB
_REMEDY = "free disk space ('docker system df', 'docker system prune'), then 'leanib gateway restart'"


def check_disk(status: GatewayStatus) -> Finding:
    """Room on the container's volumes; an image without `df` is let pass."""
    container = docker_client().containers.get(status.identifier)
    code, output = container.exec_run(["df", "-Pk", *(status.volumes or ("/",))])
    free = least_free(output.decode(errors="replace")) if code == 0 else None
    if free is None:
        return Finding("disk", Verdict.SKIPPED, "the image does not tell how much room it has")
    if free < _FULL:
        return Finding("disk", Verdict.ERROR, "no space is left where the Gateway writes", "disk-full", _REMEDY)
    if free < _LOW:
        text = f"{free // 1024} MiB are left where the Gateway writes"
        return Finding("disk", Verdict.WARNING, text, "disk-low", _REMEDY)
    return Finding("disk", Verdict.OK, "there is room where the Gateway writes")


def least_free(text: str) -> int | None:
    """The least free KiB in what `df -Pk` prints; None when it prints no file system."""
    rows = [line.split() for line in text.splitlines()[1:]]
    found = [int(row[3]) for row in rows if len(row) >= 6 and row[3].isdigit()]
    return min(found, default=None)
