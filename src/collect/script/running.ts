/** The head of the portable file: usage and options. */
export const OPTIONS = `
looks=2 every=2 first=1 all='' out='' node=''
usage() {
  [ -z "$1" ] || echo "leadline-capture.sh: $1" >&2
  echo "usage: sh leadline-capture.sh [--out FILE|-] [--node NAME] [--looks N] [--every SECONDS]" >&2
  exit 2
}
while [ $# -gt 0 ]; do
  case $1 in
    --full) all=1; shift; continue ;;
    --looks | --every | --first | --out | --node) [ $# -ge 2 ] || usage "$1 takes a value" ;;
    *) usage "there is no option $1" ;;
  esac
  case $1 in
    --looks) looks=$2 ;;
    --every) every=$2 ;;
    --first) first=$2 ;;
    --out) out=$2 ;;
    --node) node=$2 ;;
  esac
  shift 2
done
case $looks in *[!0-9]* | '') usage "--looks takes a whole number, not '$looks'" ;; esac
case $first in *[!0-9]* | '') usage "--first takes a whole number, not '$first'" ;; esac
case $every in *[!0-9.]* | '') usage "--every takes seconds, not '$every'" ;; esac
[ -n "$node" ] || node=$(uname -n)
`.trim();

/** One look at everything: the node in this process, the other namespaces in a few beside it. */
export const LOOKING = String.raw`
clock() {
  uptime_now
  wall=$(date '+%s %N %z')
  read -r boot </proc/sys/kernel/random/boot_id || boot=-
  printf '%s clock %s %s %s %s\n' "$MARK" "$LOOK" "$wall" "$at" "$boot"
}
enter() {
  NETNS_NAME=$4 PID=$3 WHERE=$1
  [ "$NETNS_NAME" != - ] || NETNS_NAME=
  export NETNS_NAME PID WHERE
  case $ENTER in
    nsenter) nsenter "--net=$2" sh -c "$PROGRAM" ;;
    ip)
      if [ -n "$NETNS_NAME" ]; then ip netns exec "$NETNS_NAME" sh -c "$PROGRAM"; else echo 'nsenter is not on this machine' >&2; false; fi
      ;;
    *) echo 'neither nsenter nor ip netns is on this machine' >&2; false ;;
  esac 2>"$SAID.enter" </dev/null
  status=$?
  if [ $status != 0 ]; then
    case $status in 124 | 137 | 143) why='timed out' ;; *) why=failed ;; esac
    printf '\n'
    gap namespace "$why" "$(sed -n 1p "$SAID.enter")"
  fi
}
# ends a reading that takes fifteen seconds, and all workers after a minute
watch() {
  trap 'kill "$nap_pid" 2>/dev/null; exit' TERM
  turn=0 before='' same=0
  while [ "$turn" -lt 36 ]; do
    sleep 5 &
    nap_pid=$!
    wait "$nap_pid"
    turn=$((turn + 1))
    [ -d "$WORK" ] || exit
    read -r now <"$WATCHED" || now=
    if [ -n "$now" ] && [ "$now" = "$before" ]; then same=$((same + 1)); else same=0 before=$now; fi
    [ "$same" != 3 ] || kill "$now"
    [ "$turn" != 12 ] || kill $workers
  done
}
worker() {
  SAID=$WORK/said.$1
  export SAID
  turn=0
  while read -r id path pid name; do
    turn=$((turn + 1))
    [ $((turn % side_by_side)) -ne "$1" ] || enter "$id" "$path" "$pid" "$name"
  done <"$WORK/enter"
}
look() {
  # those that come between two looks have nothing to be compared with
  if [ "$LOOK" = "$first" ] || [ -n "$all" ]; then
    : >"$WORK/enter"
    discover
    side_by_side=0
    while read -r _ && [ "$side_by_side" -lt "$PARALLEL" ]; do side_by_side=$((side_by_side + 1)); done <"$WORK/enter"
  fi
  if [ "$LOOK" = 1 ] || [ -n "$all" ]; then
    # processes end while they are read
    components 2>/dev/null
    flanneld_settings
  fi
  number=0 workers=''
  while [ "$number" -lt "$side_by_side" ]; do
    worker "$number" >"$WORK/out.$number" &
    workers="$workers $!"
    number=$((number + 1))
  done
  watch >/dev/null 2>&1 &
  watch_pid=$!
  clock
  on_node
  if [ -n "$workers" ]; then
    # shellcheck disable=SC2086 # a list of process ids
    wait $workers
    cat "$WORK"/out.*
  fi
  kill "$watch_pid" 2>/dev/null
}
capture() {
  trap 'read -r now <"$WATCHED" && kill "$now" "$watch_pid" 2>/dev/null; exit 130' INT TERM HUP
  printf 'leadline-capture 1 %s\n%s tool VERSION\n%s node %s\n' "$MARK" "$MARK" "$MARK" "$node"
  LOOK=$first
  last=$((first + looks - 1))
  while :; do
    export LOOK
    look
    [ "$LOOK" -lt "$last" ] || break
    LOOK=$((LOOK + 1))
    sleep "$every"
  done
  printf '%s done\n' "$MARK"
}
main() {
  umask 077
  WORK=
  if ! read -r MARK </proc/sys/kernel/random/uuid; then MARK=$$-$(date +%s); fi 2>/dev/null
  for folder in "$TMPDIR" /tmp /run /dev/shm /var/tmp; do
    if [ -n "$folder" ] && mkdir "$folder/leadline-$MARK" 2>/dev/null; then WORK=$folder/leadline-$MARK; break; fi
  done
  if [ -z "$WORK" ]; then echo 'leadline: no folder for temporary files can be written (TMPDIR, /tmp, /run, /dev/shm, /var/tmp)' >&2; exit 1; fi
  trap 'rm -rf "$WORK"' EXIT
  trap 'exit 130' INT TERM HUP
  SAID=$WORK/said WATCHED=$WORK/watched WHERE=.
  export MARK SAID WHERE WORK all
  probe
  export IP IP_DETAILS IP_STATISTICS BRIDGE SS SOCKET_OPTIONS NETSTAT NFT LEGACY
  redaction >"$WORK/redaction"
  redacted() { tr -d '\000' | sed -E -f "$WORK/redaction"; }
  if [ -z "$out" ]; then out=leadline-$node-$(date +%Y%m%dT%H%M%S).capture.gz; fi
  case $out in
    -) capture | redacted ;;
    *.gz)
      if have gzip; then capture | redacted | gzip -c >"$out"; else out=$(echo "$out" | sed 's/\.gz$//'); capture | redacted >"$out"; fi
      echo "leadline: wrote $out" >&2
      ;;
    *) capture | redacted >"$out"; echo "leadline: wrote $out" >&2 ;;
  esac
}
main
`.trim();
