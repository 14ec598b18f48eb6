/**
 * The words that sources are written in. A frame of the stream is
 * `MARK entry WHERE SOURCE FORMAT UPTIME`, a line `MARK argv WORD` per word, `MARK begin`, the content, a newline,
 * `MARK end EXIT UPTIME` and, when the tool complained, `MARK said`, its words, a newline, `MARK over`.
 * Several entries before one `begin` share a batch: each has one line of the content.
 */
export const WORDS = String.raw`
LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
export LC_ALL PATH
# etcd is asked directly, whatever proxy this shell has for the world outside
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
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
# one after the other, so that a single watch (run beside them) ends what takes too long
limited() {
  if [ -z "$WATCHED" ]; then "$@"; return; fi
  "$@" &
  printf '%s\n' "$!" >"$WATCHED"
  wait "$!"
  limited_status=$?
  : >"$WATCHED"
  return "$limited_status"
}
reading() {
  opening "$@"
  shift 2
  begun
  limited "$@" 2>"$SAID" </dev/null
  finish $?
}
# a file's content as an entry; all that can be read are read together, by one process, when files_read comes
FILES=''
file() {
  file_source=$1 file_format=$2
  shift 2
  for file_path in "$@"; do
    if [ ! -r "$file_path" ]; then reading "$file_source" "$file_format" cat "$@"; return; fi
  done
  FILES="$FILES= $file_source $file_format
"
  for file_path in "$@"; do
    FILES="$FILES$file_path
"
  done
}
# the same for what an earlier reading left in a file: it is told as what that reading asked for
left_in() {
  FILES="$FILES= $1 $2
"
  left=$3
  shift 3
  for word in "$@"; do
    FILES="$FILES> $word
"
  done
  FILES="$FILES$left
"
}
files_read() {
  [ -z "$FILES" ] || printf '%s' "$FILES" | awk -v mark="$MARK" -v where="$WHERE" '
    function uptime(   line, part) {
      if ((getline line < "/proc/uptime") <= 0) return "-"
      close("/proc/uptime")
      split(line, part, " ")
      return part[1]
    }
    function flush(   i, line, got, status) {
      if (count == 0) return
      print mark " entry " where " " opened " " uptime()
      if (words == 0) {
        word[++words] = "cat"
        for (i = 1; i <= count; i++) word[++words] = path[i]
      }
      for (i = 1; i <= words; i++) print mark " argv " word[i]
      words = 0
      print mark " begin"
      status = 0
      for (i = 1; i <= count; i++) {
        while ((got = (getline line < path[i])) > 0) print line
        if (got < 0) status = 1
        close(path[i])
      }
      printf "\n%s end %d %s\n", mark, status, uptime()
      count = 0
    }
    /^= / { flush(); opened = substr($0, 3); next }
    /^> / { word[++words] = substr($0, 3); next }
    { path[++count] = $0 }
    END { flush() }'
  FILES=''
}
gap() { printf '%s gap %s %s\n%s\n%s\n' "$MARK" "$WHERE" "$1" "$2" "$3"; }
# files one after the other, each under its name; what looks like a name in one is moved by a space
headed() {
  [ $# = 0 ] || awk '
    BEGIN {
      for (i = 1; i < ARGC; i++) {
        print "# " ARGV[i]
        while ((got = (getline line < ARGV[i])) > 0) print (line ~ /^# \// ? " " : "") line
        if (got < 0) { print ARGV[i] ": cannot be read" > "/dev/stderr"; failed = 1 }
        close(ARGV[i])
        print ""
      }
      exit failed
    }' "$@"
}
same_file() {
  # shellcheck disable=SC3013 # where test does not know it, ls tells
  if [ "$1" -ef "$2" ]; then return; elif [ / -ef / ]; then return 1; fi 2>/dev/null
  # shellcheck disable=SC2046 # two lines, each an inode and a name
  set -- "$1" "$2" $(ls -Lid "$1" "$2" 2>/dev/null)
  case $# in 6) [ "$3" = "$5" ] ;; *) false ;; esac
}
`.trim();
