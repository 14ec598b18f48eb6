/**
 * Asks etcd as flanneld does, with its endpoints and certificates: the v3 gateway (needs only HTTP), then the v2 keys, then
 * `etcdctl`. The first endpoint that answers is enough; what the others said is kept as gaps. Certificates are used by
 * their paths and never read here; a password goes into files of our own folder, which is removed, and into no argument.
 */
export const ETCD = String.raw`
base64_of() {
  printf '%s\n' "$@" | awk '
    BEGIN { for (i = 32; i < 127; i++) code[sprintf("%c", i)] = i; digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" }
    {
      out = ""
      for (i = 1; i <= length($0); i += 3) {
        a = code[substr($0, i, 1)]; b = code[substr($0, i + 1, 1)] + 0; c = code[substr($0, i + 2, 1)] + 0
        n = a * 65536 + b * 256 + c
        out = out substr(digits, int(n / 262144) + 1, 1) substr(digits, int(n / 4096) % 64 + 1, 1)
        out = out (i + 1 <= length($0) ? substr(digits, int(n / 64) % 64 + 1, 1) : "=") (i + 2 <= length($0) ? substr(digits, n % 64 + 1, 1) : "=")
      }
      print out
    }'
}
etcd_files() {
  flanneld_root
  for file in etcd-cafile etcd-certfile etcd-keyfile; do
    flanneld_flag $file
    path=$flag
    [ -z "$path" ] || [ ! -r "$root$path" ] || [ -z "$root" ] || path=$root$path
    case $file in
      etcd-cafile) CA=$path ;;
      etcd-certfile) CERTIFICATE=$path ;;
      *) KEY=$path ;;
    esac
  done
}
# stands before the arguments of curl or wget, in files of our own: neither the list of processes nor the capture shows it
ACCESS=''
http_access() {
  ACCESS=$WORK/access
  if have curl; then printf '%s\n' "$1" >"$ACCESS"; else printf '%s\n' "$2" >"$ACCESS"; fi
}
# JSON and curl's own files need the same two characters quoted
quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }
etcd_secret() {
  flanneld_flag etcd-username
  USER_NAME=$flag
  PASSWORD=''
  [ -n "$USER_NAME" ] || return 0
  flanneld_pid
  flanneld_flag etcd-password
  PASSWORD=$flag
  if [ -z "$PASSWORD" ] && [ -n "$pid" ]; then
    PASSWORD=$(tr '\000' '\n' <"/proc/$pid/environ" 2>/dev/null | sed -n 's/^FLANNELD_ETCD_PASSWORD=//p' | sed -n 1p)
  fi
}
# a token for the v3 gateway; what is asked and answered here is kept nowhere
etcd_login() {
  ACCESS=''
  [ -n "$PASSWORD" ] || return 0
  printf '{"name":"%s","password":"%s"}' "$(quoted "$USER_NAME")" "$(quoted "$PASSWORD")" >"$WORK/login"
  if have curl; then
    set -- curl -sS -f -m 4 -d "@$WORK/login" "$1/auth/authenticate"
    [ -z "$CA" ] || set -- "$@" --cacert "$CA"
  else
    set -- wget -q -O - -T 4 "--post-file=$WORK/login" "$1/auth/authenticate"
    [ -z "$CA" ] || set -- "$@" "--ca-certificate=$CA"
  fi
  token=$("$@" 2>/dev/null </dev/null | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p')
  rm -f "$WORK/login"
  [ -z "$token" ] || http_access "header = \"Authorization: $(quoted "$token")\"" "header = Authorization: $token"
}
etcd_basic() {
  ACCESS=''
  [ -n "$PASSWORD" ] || return 0
  http_access "user = \"$(quoted "$USER_NAME:$PASSWORD")\"" "$(printf 'user = %s\npassword = %s\nauth_no_challenge = on' "$USER_NAME" "$PASSWORD")"
}
http() {
  if have curl; then
    set -- "$@" curl -sS -f -m 4
    [ -z "$CA" ] || set -- "$@" --cacert "$CA"
    [ -z "$CERTIFICATE" ] || set -- "$@" --cert "$CERTIFICATE" --key "$KEY"
    [ -z "$2" ] || set -- "$@" -d "$2"
    set -- "$@" "$1"
    shift 2
    opening etcd "$BODY" "$@"
    shift
    set -- curl -D "$WORK/headers" -o "$WORK/body" -w '%{http_version}' "$@"
    [ -z "$ACCESS" ] || set -- "$@" -K "$ACCESS"
  else
    set -- "$@" wget -q -O - -T 4
    [ -z "$CA" ] || set -- "$@" "--ca-certificate=$CA"
    [ -z "$CERTIFICATE" ] || set -- "$@" "--certificate=$CERTIFICATE" "--private-key=$KEY"
    [ -z "$2" ] || set -- "$@" "--post-data=$2"
    set -- "$@" "$1"
    shift 2
    opening etcd "$BODY" "$@"
    [ -z "$ACCESS" ] || set -- "$@" "--config=$ACCESS"
  fi
  begun
  : >"$WORK/headers"
  : >"$WORK/body"
  : >"$WORK/version"
  case $1 in
    curl) "$@" >"$WORK/version" 2>"$SAID" </dev/null ;;
    *) "$@" >"$WORK/body" 2>"$SAID" </dev/null ;;
  esac
  answer=$?
  # an old curl complains of a variable that it does not know
  [ "$1 $answer" != 'curl 0' ] || [ -s "$WORK/version" ] || : >"$SAID"
  cat "$WORK/body"
  finish $answer
  served
  return $answer
}
# what time it is where etcd runs: all nodes that ask the same etcd can be compared by it
served() {
  while read -r name day date month year time _; do
    case $name in [Dd]ate:) printf '%s served %s %s %s %s %s %s GMT\n' "$MARK" "$at" "$day" "$date" "$month" "$year" "$time"; break ;; esac
  done <"$WORK/headers"
}
# one process asks for all leases, where curl takes several requests (7.36 and newer); else for a few, one request each
etcd_times() {
  if [ -s "$WORK/leases" ] && have curl && several_at_once; then
    etcd_times_at_once "$1"
  else
    for lease in $(sed -n 1,16p "$WORK/leases"); do http "$1/kv/lease/timetolive" "{\"ID\":\"$lease\",\"keys\":true}"; done
  fi
}
# the leases that an answer names, a line each; fails where the answer has no keys
leases_in() {
  awk -v most="$MOST_LEASES" '
    /"kvs"/ { keys = 1 }
    {
      parts = split($0, part, /"lease": ?"/)
      for (i = 2; i <= parts; i++) {
        lease = substr(part[i], 1, index(part[i], "\"") - 1)
        if (lease ~ /^[1-9][0-9]*$/ && !(lease in told) && ++count <= most) { told[lease] = 1; print lease }
      }
    }
    END { exit !keys }' "$WORK/body" >"$WORK/leases"
}
several_at_once() { [ -s "$WORK/version" ] || case $(curl --version 2>/dev/null) in 'curl 7.'[0-9].* | 'curl 7.'[12][0-9].* | 'curl 7.3'[0-5].* | '') false ;; esac; }
MOST_LEASES=2000
etcd_times_at_once() {
  opening etcd "$BODY" curl -sS -f -m 4 -d '{"ID":"*","keys":true}' "$1/kv/lease/timetolive"
  begun
  more=''
  while read -r lease; do
    [ -z "$more" ] || echo next
    more=1
    printf 'url = "%s/kv/lease/timetolive"\ndata = "{\\"ID\\":\\"%s\\",\\"keys\\":true}"\nsilent\nshow-error\nfail\nmax-time = 4\nwrite-out = "\\n"\n' "$1" "$lease"
    [ -z "$CA" ] || printf 'cacert = "%s"\n' "$(quoted "$CA")"
    [ -z "$CERTIFICATE" ] || printf 'cert = "%s"\nkey = "%s"\n' "$(quoted "$CERTIFICATE")" "$(quoted "$KEY")"
    [ -z "$ACCESS" ] || cat "$ACCESS"
  done <"$WORK/leases" >"$WORK/requests"
  limited curl -K "$WORK/requests" 2>"$SAID" </dev/null
  finish $?
  : >"$WORK/requests"
}
etcd_read() {
  etcd_files
  etcd_secret
  { read -r from; read -r until; } <<RANGE
$(base64_of "$2/" "$2"0)
RANGE
  worth=''
  IFS=', '
  set -f
  for endpoint in $1; do
    unset IFS
    set +f
    case $endpoint in http://* | https://*) ;; *) continue ;; esac
    case $endpoint in */) endpoint=$(printf '%s' "$endpoint" | sed 's|/*$||') ;; esac
    if ! have curl && ! have wget; then
      worth=1
    else
      for version in v3 v3beta v3alpha; do
        BODY=etcd
        etcd_login "$endpoint/$version"
        http "$endpoint/$version/kv/range" "{\"key\":\"$from\",\"range_end\":\"$until\"}"
        status=$?
        if [ $status = 0 ]; then
          if leases_in; then etcd_times "$endpoint/$version"; return; fi
          break
        fi
        # nobody there: etcdctl would find nobody either
        case $status in 6 | 7 | 28) ;; *) worth=1 ;; esac
        # only a server that answers without this path is worth asking for the next one
        case $status in 22 | 8 | 1) ;; *) break ;; esac
      done
      case $status in
        0 | 22 | 8 | 1)
          BODY=etcd
          etcd_basic
          http "$endpoint/v2/keys$2/?recursive=true" '' && return
          ;;
      esac
    fi
  done
  unset IFS
  set +f
  if [ -n "$worth" ] && have etcdctl; then
    set -- "$1" "$2" etcdctl "--endpoints=$1" --dial-timeout=2s --command-timeout=4s
    ETCDCTL_API=3
    export ETCDCTL_API
    [ -z "$CA" ] || set -- "$@" "--cacert=$CA"
    [ -z "$CERTIFICATE" ] || set -- "$@" "--cert=$CERTIFICATE" "--key=$KEY"
    set -- "$@" get --prefix "$2/" -w json
    shift 2
    if [ -n "$PASSWORD" ]; then
      ETCDCTL_USER=$USER_NAME:$PASSWORD
      export ETCDCTL_USER
    fi
    reading etcd etcd "$@"
    unset ETCDCTL_USER
  fi
}
`.trim();
