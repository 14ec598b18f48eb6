# Read by the daemons' scripts in bin/: becomes the stand-in NAME with the arguments that follow.
# Its command line must be as long as that of the program it plays, so that it can write the other over its own
# (own-name.ts); the arguments themselves travel in LAB_ARGV, one a line.
launch() {
  name=$1 folder=${0%/bin/*}
  shift
  LAB_ARGV=${LAB_ARGV0:-/usr/bin/$name}
  for word; do LAB_ARGV="$LAB_ARGV
$word"; done
  export LAB_ARGV
  link=/run/lab/$name.ts
  main=$folder/$name/main.ts
  [ -z "$LAB_BUNDLES" ] || main=$LAB_BUNDLES/$name.mjs
  ln -sfn "$main" "$link"
  padding=$((${#LAB_ARGV} - 14 - ${#link} - 1))
  [ $padding -gt 0 ] || padding=1
  exec /run/lab/node "$link" "$(printf '%*s' $padding x | tr ' ' x)"
}
