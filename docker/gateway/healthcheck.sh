#!/usr/bin/env bash
# Health of an IB Gateway from inside its container: handshake, startApi, next valid id and accounts.
# An open port proves nothing: the forwarder in front of the Gateway accepts while the Gateway is dead or not logged in.
# Needs bash and coreutils only, since the image belongs to somebody else. Ports: LEANIB_PROBE_PORTS,
# paper and live; the mode the Gateway runs in opens one of them.
set -u
deadline=${LEANIB_PROBE_DEADLINE:-10}
client_id=${LEANIB_PROBE_CLIENT_ID:-96}

fail() { echo "$1"; exit 1; }

port=''
for candidate in ${LEANIB_PROBE_PORTS:-4004 4003}; do
  if (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then port=$candidate; break; fi
done
[ -n "$port" ] || fail "nothing listens on any of the ports ${LEANIB_PROBE_PORTS:-4004 4003}"
exec 3<>"/dev/tcp/127.0.0.1/$port" || fail "nothing listens on port $port"

# Reads one frame (four length bytes, then NUL-separated fields) into $frame, the fields separated by commas.
read_frame() {
  local size
  size=$(timeout "$deadline" head -c 4 <&3 | od -An -tu1 | awk '{ print $1 * 16777216 + $2 * 65536 + $3 * 256 + $4 }')
  [ -n "$size" ] && [ "$size" -gt 0 ] && [ "$size" -lt 1000000 ] || return 1
  frame=$(timeout "$deadline" head -c "$size" <&3 | tr '\0' ',')
}

printf 'API\0\0\0\0\011v157..178' >&3
read_frame || fail "port $port accepts connections and does not answer the handshake"

start_api="71,2,$client_id,,"
printf '%b' "\\0\\0\\0\\0$(printf '%03o' "${#start_api}")" >&3
printf '%s' "$start_api" | tr ',' '\0' >&3

next_id='' accounts=''
while [ -z "$next_id" ] || [ -z "$accounts" ]; do
  read_frame || fail "the Gateway answers the handshake and is not logged in"
  case $frame in
    9,1,*) next_id=$frame ;;
    15,1,*) accounts=$frame ;;
    4,2,*,326,*) fail "client id $client_id is in use" ;;
  esac
done
exec 3>&-
echo "logged in"
