#!/usr/bin/env bash
# Makes a base image from Debian packages where no registry can be reached; used by the tests (about a minute, once).
#   docker/base-image.sh [NAME]
set -euo pipefail
name=${1:-leanib/base}
docker image inspect "$name" >/dev/null 2>&1 && exit 0
command -v debootstrap >/dev/null || { echo "debootstrap is needed: apt-get install debootstrap" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates,iproute2 bookworm "$folder" >/dev/null
ln -sf python3 "$folder/usr/bin/python"
rm -rf "$folder"/var/cache/apt/* "$folder"/var/lib/apt/lists/* "$folder"/usr/share/{doc,man,locale}/*
tar -C "$folder" -c . | docker import - "$name" >/dev/null
