"""The Gateway's settings volume belongs to the user its image runs as.

Docker makes a named volume for root where the image has no such folder; an image that runs as somebody else cannot
write into it, and its container is started again for ever
(https://github.com/gnzsnz/ib-gateway-docker/issues/402).
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["give_to_image_user"]

_ROOT = ("", "0", "root")
_SCRIPT = 'for folder; do [ "$(stat -c %u "$folder")" != 0 ] || chown -R "$OWNER" "$folder" || exit 1; done'


def give_to_image_user(client: Any, container: Any) -> bool:
    """Gives what root owns on a container's named volumes to the user of its image; whether that could be done.

    Runs as root in a container of the same image, without network, that sees the volumes and nothing else.
    """
    attributes = container.attrs
    owner = attributes["Config"].get("User") or ""
    volumes = {m["Name"]: m["Destination"] for m in attributes.get("Mounts") or [] if m["Type"] == "volume"}
    if owner.partition(":")[0] in _ROOT or not volumes:
        return True
    host = client.api.create_host_config(
        binds={name: {"bind": folder, "mode": "rw"} for name, folder in volumes.items()},
        network_mode="none",
        cap_drop=["ALL"],
        cap_add=["CHOWN", "DAC_OVERRIDE", "FOWNER"],
    )
    helper = client.api.create_container(
        attributes["Config"]["Image"],
        entrypoint=["sh", "-c", _SCRIPT, "sh"],
        command=list(volumes.values()),
        user="0:0",
        environment={"OWNER": owner},
        host_config=host,
        network_disabled=True,
        healthcheck={"test": ["NONE"]},
    )
    errors: Any = importlib.import_module("docker.errors")
    try:
        client.api.start(helper)
        return bool(client.api.wait(helper, timeout=60)["StatusCode"] == 0)
    except errors.DockerException:  # an image without a shell
        return False
    finally:
        client.api.remove_container(helper, force=True)
