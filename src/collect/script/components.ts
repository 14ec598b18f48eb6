const NAMES =
  'bird bird6 calico-felix calico-node cilium-agent containerd coredns crio cri-dockerd dnsmasq dockerd etcd firewalld flanneld haproxy k3s k3s-agent k3s-server keepalived kube-apiserver kube-controller-manager kube-proxy kube-router kube-scheduler kubelet named NetworkManager nginx node-cache nscd rke2 systemd-networkd systemd-resolved unbound';

/**
 * Finds the processes that make the network (by the name of what they run, also behind an interpreter) and flanneld's own
 * settings: from its arguments and FLANNELD_ variables while it runs, else from its unit.
 */
export const COMPONENTS = String.raw`
components() {
  grep -lE '(^|/)(EITHER)' /proc/[0-9]*/cmdline 2>/dev/null | {
    set --
    while IFS=/ read -r _ _ pid _ && [ $# -lt 300 ]; do set -- "$@" "$pid"; done
    namespaces=''
    for pid in "$@"; do namespaces="$namespaces /proc/$pid/ns/net"; done
    # shellcheck disable=SC2086 # a list of paths
    [ -z "$namespaces" ] || ls -Lid $namespaces
    for pid in "$@"; do
      echo "pid $pid"
      if read -r line <"/proc/$pid/stat"; then echo "stat $line"; fi
      while read -r line; do
        case $line in *.service*) echo "cgroup $line" ;; esac
      done <"/proc/$pid/cgroup"
      echo "$MARK arg"
      tr '\n\000' ' \n' <"/proc/$pid/cmdline"
      line=''
      IFS= read -r line <"/proc/$pid/cmdline"
      case $line in *flanneld*)
        printf '\n%s env\n' "$MARK"
        tr '\n\000' ' \n' <"/proc/$pid/environ" ;;
      esac
      printf '\n%s over\n' "$MARK"
    done
  } 2>/dev/null | awk -v mark="$MARK" -v list='NAMES' '
    function base(text) { sub(/.*\//, "", text); return text }
    function flush(   name, i) {
      if (count == 0) return
      name = base(line[1])
      if (!(name in known) && name ~ /^(node|nodejs|python[0-9.]*|perl|ruby|sh|dash|bash|ash|busybox|ld-linux.*)$/) {
        for (i = 2; i <= count && line[i] ~ /^-/; i++);
        name = base(line[i])
        sub(/\.(js|mjs|ts|py|sh)$/, "", name)
      }
      if (name in known) {
        print "process " name " pid " pid " start " start " netns " netns " unit " unit
        for (i = 1; i <= count; i++) print "arg " line[i]
        for (i = 1; i <= settings; i++) if (name == "flanneld") print "env " env[i]
      }
    }
    # the last line break before a mark is ours
    function keep(text) {
      if (part == "arg") line[++count] = text
      else if (text ~ /^FLANNELD_/ && text !~ /PASSWORD/) env[++settings] = text
    }
    BEGIN { print "# leadline processes"; split(list, all, " "); for (i in all) known[all[i]] = 1 }
    $1 == mark {
      if (held && wait != "") keep(wait)
      part = ($2 == "over") ? "" : $2
      held = 0
      next
    }
    part != "" {
      if (held) keep(wait)
      wait = $0
      held = 1
      next
    }
    $2 ~ /^\/proc\/[0-9]+\/ns\/net$/ { split($2, path, "/"); home[path[3]] = $1; next }
    { word = $1; rest = $0; sub(/^[^ ]* ?/, "", rest) }
    word == "pid" { flush(); pid = rest; start = "-"; netns = (pid in home) ? home[pid] : "-"; unit = "-"; count = 0; settings = 0 }
    word == "stat" { sub(/^.*\) /, "", rest); split(rest, field, " "); start = field[20] }
    word == "cgroup" && unit == "-" && match(rest, /\/[A-Za-z0-9@_.-]*\.service/) { unit = substr(rest, RSTART + 1, RLENGTH - 1) }
    END { flush() }' >"$WORK/processes"
}
flanneld_settings() {
  awk '
    function set(text, value) { sub(/^--?/, "", text); print text "=" value }
    /^process / { mine = ($2 == "flanneld"); wait = ""; next }
    !mine { next }
    /^env FLANNELD_/ {
      text = substr($0, 14)
      equals = index(text, "=")
      name = tolower(substr(text, 1, equals - 1))
      gsub(/_/, "-", name)
      print name "=" substr(text, equals + 1)
      next
    }
    { text = substr($0, 5) }
    text ~ /^-/ { wait = ""; if ((equals = index(text, "=")) > 0) set(substr(text, 1, equals - 1), substr(text, equals + 1)); else wait = text; next }
    wait != "" { set(wait, text); wait = "" }' "$WORK/processes" >"$WORK/flanneld"
  if [ ! -s "$WORK/flanneld" ]; then
    for unit in flanneld flannel; do
      for folder in $UNIT_FOLDERS; do
        if [ -f "$folder/$unit.service" ]; then sed -n 's/^ExecStart=[-@+!:]*[^ ]* *//p' "$folder/$unit.service" | tr ' ' '\n'; break; fi
      done
    done | sed -n 's/^--*\([a-z-]*\)=\(.*\)$/\1=\2/p' >"$WORK/flanneld"
    for path in /etc/sysconfig/flanneld /etc/default/flanneld /etc/flannel/flanneld.conf /run/flannel/options.env; do
      [ ! -r "$path" ] || tr ' "' '\n\n' <"$path" | sed -n 's/^--*\([a-z-]*\)=\(.*\)$/\1=\2/p; s/^FLANNELD_ETCD_ENDPOINTS=\(.*\)/etcd-endpoints=\1/p; s/^FLANNELD_ETCD_PREFIX=\(.*\)/etcd-prefix=\1/p'
    done >>"$WORK/flanneld"
  fi
}
flanneld_flag() {
  flag=''
  while IFS='=' read -r name value; do
    if [ "$name" = "$1" ]; then flag=$value; return; fi
  done <"$WORK/flanneld"
}
flanneld_pid() {
  pid=''
  while read -r is name _ found _; do
    if [ "$is $name" = 'process flanneld' ]; then pid=$found; return; fi
  done <"$WORK/processes"
}
flanneld_root() {
  flanneld_pid
  root=''
  [ -z "$pid" ] || root=/proc/$pid/root
}
`
  .replaceAll('NAMES', NAMES)
  .replace('EITHER', NAMES.replaceAll(' ', '|'))
  .trim();
