# boot.sh ROOT WORLD: becomes the systemd of an unpacked userland, whose own files stay as they are; called in fresh namespaces.
set -e
root=$1 world=$2 new=/run/machine
mkdir -p /run/layers "$new"
mount -t tmpfs tmpfs /run/layers
mkdir /run/layers/upper /run/layers/work
mount -t overlay overlay -o "lowerdir=$root,upperdir=/run/layers/upper,workdir=/run/layers/work" "$new"
cp -a "$world/." "$new/"
chown -R 0:0 "$new/etc/systemd/system" "$new/usr/local/lib"
echo node-a >"$new/etc/hostname"
: >"$new/etc/machine-id"
hostname node-a
ip link set lo up
mount -t proc proc "$new/proc"
mount -t sysfs -o ro sysfs "$new/sys"
mount -t cgroup2 cgroup2 "$new/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$new/dev"
mkdir "$new/dev/pts" "$new/dev/shm"
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read -r name major minor <<END
$node
END
  mknod -m 666 "$new/dev/$name" c "$major" "$minor"
done
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$new/dev/pts"
ln -s pts/ptmx "$new/dev/ptmx"
mount -t tmpfs -o mode=755 tmpfs "$new/run"
mount -t tmpfs tmpfs "$new/tmp"
# what no container has use for
for unit in systemd-udevd.service systemd-logind.service getty.target console-getty.service systemd-resolved.service systemd-networkd.service; do
  ln -sf /dev/null "$new/etc/systemd/system/$unit"
done
cd "$new"
mkdir -p old
pivot_root . old
exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
  sh -c 'umount -l /old && rmdir /old && exec /lib/systemd/systemd --show-status=false --log-target=journal </dev/null' 
