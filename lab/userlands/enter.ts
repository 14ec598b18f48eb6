/** What a command sees inside a userland. */
export interface Inside {
  /** argv that enters the namespaces to run in, such as `nsenter --net=/run/netns/node-a`; none stays where we are. */
  readonly within?: readonly string[];
  /** What of the caller is laid into the userland, such as a node's /run: path inside (there, or under /run or /tmp) → path outside. */
  readonly binds?: Readonly<Record<string, string>>;
}

// Everything is mounted in a mount namespace that ends with the command: nothing is left in the cached root, which
// itself is read-only to the command. sysfs is mounted afresh because it shows the namespace that it was mounted in.
const ENTER = `
set -e
root=$1; shift
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup" 2>/dev/null || true
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
while [ "$1" != -- ]; do
  [ -e "$root$1" ] || mkdir -p "$root$1"
  mount --rbind "$2" "$root$1"
  shift 2
done
shift
exec env -i LC_ALL=C HOME=/tmp TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" "$@"
`;

/** The argv that runs a command of an unpacked userland, in the given namespaces, and leaves nothing behind. */
export function argvInUserland(root: string, argv: readonly string[], { within = [], binds = {} }: Inside = {}): string[] {
  const laid = Object.entries(binds).flat();
  const own = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', ENTER, 'enter', root, ...laid, '--'];
  return [...within, ...own, ...argv];
}
