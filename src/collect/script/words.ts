/**
 * The words that sources are written in. A frame of the stream is
 * `MARK entry WHERE SOURCE FORMAT UPTIME`, a line `MARK argv WORD` per word, `MARK begin`, the content, a newline,
 * `MARK end EXIT UPTIME` and, when the tool complained, `MARK said`, its words, a newline, `MARK over`.
 * Several entries before one `begin` share a batch: each has one line of the content.
 */
export const WORDS = String.raw`
LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
export LC_ALL PATH
have() { command -v "$1" >/dev/null 2>&1; }
uptime_now() { read -r at rest </proc/uptime || at=-; }
opening() {
  uptime_now
  printf '%s entry %s %s %s %s\n' "$MARK" "$WHERE" "$1" "$2" "$at"
  shift 2
  printf "$MARK argv %s\n" "$@"
}
begun() { printf '%s begin\n' "$MARK"; }
finish() {
  ended=$1
  uptime_now
  printf '\n%s end %s %s\n' "$MARK" "$ended" "$at"
  if [ -s "$SAID" ]; then
    printf '%s said\n' "$MARK"
    number=0
    while IFS= read -r line && [ "$number" -lt 20 ]; do
      printf '%s\n' "$line"
      number=$((number + 1))
    done <"$SAID"
    printf '\n%s over\n' "$MARK"
    : >"$SAID"
  fi
}
limited() {
  case $LIMITS in
    none) "$@" ;;
    new) timeout 15 "$@" ;;
    old) timeout -t 15 "$@" ;;
    *)
      "$@" &
      limited_pid=$!
      (sleep 15; kill "$limited_pid") >/dev/null 2>&1 &
      watch_pid=$!
      wait "$limited_pid"
      limited_status=$?
      kill "$watch_pid" 2>/dev/null
      return "$limited_status"
      ;;
  esac
}
reading() {
  opening "$@"
  shift 2
  begun
  limited "$@" 2>"$SAID" </dev/null
  finish $?
}
gap() { printf '%s gap %s %s\n%s\n%s\n' "$MARK" "$WHERE" "$1" "$2" "$3"; }
headed() {
  printf '# %s\n' "$1"
  sed 's|^# /| &|' "$1"
  echo
}
same_file() { [ "$(ls -Lid "$1" 2>/dev/null | awk '{ print $1 }')" = "$(ls -Lid "$2" 2>/dev/null | awk '{ print $1 }')" ]; }
`.trim();
