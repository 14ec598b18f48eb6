/**
 * Asks etcd as flanneld does, with its endpoints and certificates: the v3 gateway (needs only HTTP), then the v2 keys, then
 * `etcdctl`. The first endpoint that answers is enough; what the others said is kept as gaps. Certificates are used by
 * their paths and never read here.
 */
export const ETCD = String.raw`
base64_of() {
  printf '%s' "$1" | awk '
    BEGIN { for (i = 32; i < 127; i++) code[sprintf("%c", i)] = i; digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" }
    {
      for (i = 1; i <= length($0); i += 3) {
        a = code[substr($0, i, 1)]; b = code[substr($0, i + 1, 1)] + 0; c = code[substr($0, i + 2, 1)] + 0
        n = a * 65536 + b * 256 + c
        out = out substr(digits, int(n / 262144) + 1, 1) substr(digits, int(n / 4096) % 64 + 1, 1)
        out = out (i + 1 <= length($0) ? substr(digits, int(n / 64) % 64 + 1, 1) : "=") (i + 2 <= length($0) ? substr(digits, n % 64 + 1, 1) : "=")
      }
    }
    END { print out }'
}
etcd_files() {
  root=$(flanneld_root)
  for flag in etcd-cafile etcd-certfile etcd-keyfile; do
    path=$(flanneld_flag $flag)
    [ -z "$path" ] || [ ! -r "$root$path" ] || [ -z "$root" ] || path=$root$path
    case $flag in
      etcd-cafile) CA=$path ;;
      etcd-certfile) CERTIFICATE=$path ;;
      *) KEY=$path ;;
    esac
  done
}
http() {
  if have curl; then
    set -- "$@" curl -sS -f -m 4
    [ -z "$CA" ] || set -- "$@" --cacert "$CA"
    [ -z "$CERTIFICATE" ] || set -- "$@" --cert "$CERTIFICATE" --key "$KEY"
    [ -z "$2" ] || set -- "$@" -d "$2"
    set -- "$@" "$1"
  else
    set -- "$@" wget -q -O - -T 4
    [ -z "$CA" ] || set -- "$@" "--ca-certificate=$CA"
    [ -z "$CERTIFICATE" ] || set -- "$@" "--certificate=$CERTIFICATE" "--private-key=$KEY"
    [ -z "$2" ] || set -- "$@" "--post-data=$2"
    set -- "$@" "$1"
  fi
  shift 2
  opening etcd "$BODY" "$@"
  begun
  "$@" >"$WORK/body" 2>"$SAID" </dev/null
  answer=$?
  cat "$WORK/body"
  finish $answer
  return $answer
}
etcd_times() {
  # one request each: more than these say nothing new of how leases are renewed
  for lease in $(grep -oE '"lease": ?"[0-9]+"' "$WORK/body" | tr -dc '0-9\n' | sort -u | sed -n 1,16p); do
    [ "$lease" = 0 ] || http "$1/kv/lease/timetolive" "{\"ID\":\"$lease\",\"keys\":true}"
  done
}
etcd_read() {
  etcd_files
  from=$(base64_of "$2/")
  until=$(base64_of "$(printf '%s' "$2")0")
  worth=''
  for endpoint in $(printf '%s' "$1" | tr ',' ' '); do
    case $endpoint in http://* | https://*) ;; *) continue ;; esac
    endpoint=$(printf '%s' "$endpoint" | sed 's|/*$||')
    if ! have curl && ! have wget; then
      worth=1
    else
      for version in v3 v3beta v3alpha; do
        BODY=etcd
        http "$endpoint/$version/kv/range" "{\"key\":\"$from\",\"range_end\":\"$until\"}"
        status=$?
        if [ $status = 0 ]; then
          if grep -q '"kvs"' "$WORK/body"; then etcd_times "$endpoint/$version"; return; fi
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
          http "$endpoint/v2/keys$2/?recursive=true" '' && return
          ;;
      esac
    fi
  done
  if [ -n "$worth" ] && have etcdctl; then
    set -- "$1" "$2" etcdctl "--endpoints=$1" --dial-timeout=2s --command-timeout=4s
    ETCDCTL_API=3
    export ETCDCTL_API
    [ -z "$CA" ] || set -- "$@" "--cacert=$CA"
    [ -z "$CERTIFICATE" ] || set -- "$@" "--cert=$CERTIFICATE" "--key=$KEY"
    set -- "$@" get --prefix "$2/" -w json
    shift 2
    reading etcd etcd "$@"
  fi
}
`.trim();
