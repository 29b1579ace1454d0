#!/usr/bin/env bash
# Switches IBC's command server on, for this container only: by its RESTART the Gateway starts again without a login,
# which a restart of the container is ('leanib gateway restart', and the monitor). Run by the image before IBC starts
# (START_SCRIPTS); with TRADING_MODE=both there are two IBCs, which cannot share the port, so it stays off.
set -u
file=${IBC_INI_TMPL:-$HOME/ibc/config.ini.tmpl}
[ "${TRADING_MODE:-paper}" != both ] || exit 0
[ -w "$file" ] || { echo "> $file cannot be written: IBC's command server stays off"; exit 0; }
sed -i -e 's/^CommandServerPort=.*/CommandServerPort=7462/' -e 's/^BindAddress=.*/BindAddress=127.0.0.1/' "$file"
