/**
 * Finds the network namespaces through /proc, /run/netns and Docker's folder, and whose they are through the state that
 * container runtimes keep in files. Writes `$WORK/namespaces` (the dump) and `$WORK/enter` (`ID PATH PID NAME` a line).
 */
export const NAMESPACES = String.raw`
runtime_state() {
  for path in /run/containerd/io.containerd.runtime.v2.task/k8s.io/*/config.json /run/containerd/io.containerd.runtime.v1.linux/k8s.io/*/config.json \
    /run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/*/config.json /run/containers/storage/overlay-containers/*/userdata/config.json \
    /var/lib/docker/containers/*/config.v2.json; do
    [ ! -r "$path" ] || printf '%s\n' "$path"
  done | sed -n 1,5000p | xargs grep -H -oE \
    '"(io\.kubernetes\.cri\.sandbox-(name|namespace|uid)|io\.kubernetes\.pod\.(name|namespace|uid)|SandboxKey)": *"[^"]*"|"type": *"network", *"path": *"[^"]*"' /dev/null 2>/dev/null
}
discover() {
  {
    ls -Lid /proc/self/ns/net 2>/dev/null | sed 's/^ *\([0-9]*\) .*/own \1/'
    ls -Lid /run/netns/* /var/run/docker/netns/* /run/docker/netns/* 2>/dev/null | sed 's/^ *\([0-9]*\) \(.*\)/file \1 \2/'
    ls -Lid /proc/[0-9]*/ns/net 2>/dev/null | sed 's|^ *\([0-9]*\) /proc/\([0-9]*\)/.*|pid \1 \2|'
    if ip netns list-id >/dev/null 2>&1; then echo numbered; fi
    ip netns list-id 2>/dev/null | sed -n 's/^nsid \([0-9]*\) .*name: \([^)]*\)).*/nsid \1 \2/p'
    grep -H -oE 'pod[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}' /proc/[0-9]*/cgroup 2>/dev/null |
      sed 's|^/proc/\([0-9]*\)/cgroup:pod\(.*\)|uid \1 \2|' | tr _ -
    runtime_state | sed 's/^\([^:]*\):/state \1 /'
  } | awk -v enter="$WORK/enter" '
    BEGIN { unnumbered = "?" }
    $1 == "own" { own = $2 }
    $1 == "file" {
      if ($2 + 0 < 4026531000) next
      name = $3
      sub(/.*\//, "", name)
      if (!($2 in id)) { order[++count] = $2; id[$2] = name; path[$2] = $3 }
      if ($3 ~ /^\/run\/netns\//) named[$2] = name
      inode[name] = $2
    }
    $1 == "pid" {
      if ($2 == own) next
      if (!($2 in id)) { order[++count] = $2; id[$2] = "net-" $2; path[$2] = "/proc/" $3 "/ns/net" }
      if (!($2 in first)) first[$2] = $3
      if (++members[$2] <= 50) pids[$2] = pids[$2] (pids[$2] == "" ? "" : ",") $3
      home[$3] = $2
    }
    $1 == "numbered" { unnumbered = "-" }
    $1 == "nsid" { nsid[$3] = $2 }
    $1 == "uid" { if (($2 in home) && !(home[$2] in uid)) uid[home[$2]] = $3 }
    $1 == "state" {
      text = $0
      sub(/^state [^ ]* /, "", text)
      split(text, part, "\"")
      key = part[2]
      value = part[4]
      if (key == "type") { value = part[8]; at[$2] = value }
      else if (key == "SandboxKey") at[$2] = value
      else if (key ~ /namespace$/) podspace[$2] = value
      else if (key ~ /uid$/) poduid[$2] = value
      else podname[$2] = value
    }
    END {
      print "# leadline namespaces"
      print "netns . inode " own " nsid - name - pids -"
      for (i = 1; i <= count; i++) {
        n = order[i]
        if (n == own) continue
        clean = id[n]
        gsub(/[^A-Za-z0-9._-]/, "_", clean)
        if (clean in taken || clean ~ /^\.*$/) clean = clean "-" n
        taken[clean] = 1
        id[n] = clean
        known = (n in named) ? named[n] : "-"
        print "netns " clean " inode " n " nsid " ((known in nsid) ? nsid[known] : unnumbered) " name " known " pids " ((n in pids) ? pids[n] : "-")
        print clean, path[n], ((n in first) ? first[n] : "-"), known > enter
      }
      for (file in at) {
        where = at[file]
        if (where ~ /^\/proc\/[0-9]+\/ns\/net$/) { split(where, part, "/"); n = home[part[3]] }
        else { sub(/.*\//, "", where); n = inode[where] }
        if (n == "" || !(file in podname) || (n in told)) continue
        told[n] = 1
        print "pod " id[n] " " podspace[file] " " podname[file] " " ((file in poduid) ? poduid[file] : "-")
      }
      for (n in uid) if (!(n in told)) print "pod " id[n] " - - " uid[n]
    }' >"$WORK/namespaces"
}
`.trim();
