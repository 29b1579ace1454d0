#!/usr/bin/env bash
# with-password.sh VARIABLE COMMAND...: the password of a Docker secret for an image that reads a variable only.
# It is in the environment of the program that logs in, and not in what `docker inspect` tells.
set -eu
variable=$1
shift
file=${TWS_PASSWORD_FILE:-/run/secrets/tws_password}
[ -r "$file" ] || { echo "$file cannot be read by user $(id -u): chmod 644 secrets/tws_password, in a folder that only you enter"; exit 78; }
password=$(cat "$file")
[ -n "$password" ] || { echo "$file is empty: write the password into secrets/tws_password"; exit 78; }
export "$variable=$password"
unset password
exec "$@"
