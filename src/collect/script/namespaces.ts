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
  done >"$WORK/runtimes"
  [ ! -s "$WORK/runtimes" ] || sed 5000q "$WORK/runtimes" | xargs grep -H -oE \
    '"(io\.kubernetes\.cri\.sandbox-(name|namespace|uid)|io\.kubernetes\.pod\.(name|namespace|uid)|SandboxKey)": *"[^"]*"|"type": *"network", *"path": *"[^"]*"' /dev/null 2>/dev/null
}
discover() {
  {
    ls -Lid /proc/self/ns/net /run/netns/* /var/run/docker/netns/* /run/docker/netns/* /proc/[0-9]*/ns/net 2>/dev/null
    echo members
    if ip netns list-id 2>/dev/null; then echo numbered; fi
    grep -H -oE 'pod[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}' /proc/[0-9]*/cgroup 2>/dev/null
    runtime_state
  } | awk -v enter="$WORK/enter" '
    BEGIN { unnumbered = "?" }
    $2 == "/proc/self/ns/net" { own = $1; next }
    # ls sorts what it is given: processes come before names, and wait for them
    $1 ~ /^[0-9]+$/ && $2 ~ /^\/proc\// { number[++processes] = $1; link[processes] = $2; next }
    $1 == "members" {
      for (i = 1; i <= processes; i++) {
        n = number[i]
        if (n == own) continue
        split(link[i], part, "/")
        if (!(n in id)) { order[++count] = n; id[n] = "net-" n; path[n] = link[i] }
        if (!(n in first)) first[n] = part[3]
        if (++members[n] <= 50) pids[n] = pids[n] (pids[n] == "" ? "" : ",") part[3]
        home[part[3]] = n
      }
      next
    }
    $1 ~ /^[0-9]+$/ {
      if ($1 + 0 < 4026531000) next
      name = $2
      sub(/.*\//, "", name)
      if (!($1 in id)) { order[++count] = $1; id[$1] = name; path[$1] = $2 }
      if ($2 ~ /^\/run\/netns\//) named[$1] = name
      inode[name] = $1
      next
    }
    $1 == "numbered" { unnumbered = "-" }
    $1 == "nsid" && match($0, /name: [^)]*\)/) { nsid[substr($0, RSTART + 6, RLENGTH - 7)] = $2 }
    # what is left are lines of files, as grep names them
    /^\// { colon = index($0, ":"); file = substr($0, 1, colon - 1); text = substr($0, colon + 1) }
    /^\/proc\/[0-9]+\/cgroup:pod/ {
      split(file, part, "/")
      gsub(/_/, "-", text)
      if ((part[3] in home) && !(home[part[3]] in uid)) uid[home[part[3]]] = substr(text, 4)
      next
    }
    /^\// {
      split(text, part, "\"")
      key = part[2]
      value = part[4]
      if (key == "type") { value = part[8]; at[file] = value }
      else if (key == "SandboxKey") at[file] = value
      else if (key ~ /namespace$/) podspace[file] = value
      else if (key ~ /uid$/) poduid[file] = value
      else podname[file] = value
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
