import { fileURLToPath } from 'node:url';
import type { Cluster, LabNode } from '../vocabulary.ts';
import { etcdFiles, type NodeFile, nodeFiles, podResolver } from './node-files.ts';
import { nodeFdb, nodeLinks, podLinks } from './node-links.ts';
import { nodeRules } from './rules/restore.ts';

/** The folder of a machine of the lab that its PATH begins with. */
export const OWN_BIN = '/run/lab/bin';

/** Where the files that every machine's /etc starts from lie, before /run is covered. */
export const ETC_TEMPLATE = '/run/lab/etc';

/** What all machines see as /run/lab/api, before /run is covered. */
export const SHARED = '/run/lab/shared';

/** Folders of the machine that would speak for it inside a node. */
const COVERED = ['/usr/lib/sysctl.d', '/usr/local/lib/sysctl.d', '/var/log', '/var/lib'];

/** The project, which may lie in one of those. */
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** A path as one word of a shell line. */
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

const heredoc = (command: string, lines: readonly string[]): string => `${command} <<'LAB_END'\n${lines.join('\n')}\nLAB_END\n`;

/** What the first process of a machine reads: mounts of its own, and its process id as the lab sees it. */
export const machineScript = (name: string): string => `set -e
read -r pid rest </proc/self/stat
mount -t proc proc /proc
mount -t sysfs sysfs /sys 2>/dev/null || true
hostname ${name} 2>/dev/null || echo ${name} >/proc/sys/kernel/hostname
mount -t tmpfs -o mode=755 tmpfs /etc
cp -R ${ETC_TEMPLATE}/. /etc/
exec 9<${SHARED}
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/flannel ${OWN_BIN} /run/lab/units /run/systemd/system /etc/sysctl.d /etc/systemd/system /run/lab/api
mount --bind /proc/self/fd/9 /run/lab/api
exec 9<&-
mkdir /run/lab/project
mount --bind ${quoted(PROJECT)} /run/lab/project
for folder in ${COVERED.join(' ')}; do [ ! -d $folder ] || mount -t tmpfs -o mode=755 tmpfs $folder; done
[ -d ${quoted(PROJECT)} ] || { mkdir -p ${quoted(PROJECT)} && mount --bind /run/lab/project ${quoted(PROJECT)}; }
ln -s ${quoted(process.execPath)} /run/lab/node
echo "pid $pid"
`;

/**
 * How the first process goes on when all is made: it only waits, and so buries the dead.
 * In braces, for a shell reads its script in pieces, and there is none to read once its input is given up.
 */
const REST = `{
echo ready
exec </dev/null >/dev/null
while :; do sleep 1000000 & wait; done
}
`;

/** Sets what the lab wants of the kernel's settings that a new namespace inherits from the machine. */
const sysctls = (settings: Readonly<Record<string, number>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `[ ! -e /proc/sys/net/${name} ] || echo ${value} >/proc/sys/net/${name}\n`)
    .join('');

const QUIET = { 'ipv6/conf/all/disable_ipv6': 1, 'ipv6/conf/default/disable_ipv6': 1 };
const PLAIN = { 'ipv4/conf/all/rp_filter': 0, 'ipv4/conf/default/rp_filter': 0, 'ipv4/conf/all/log_martians': 0 };
const ROUTER = { ...QUIET, ...PLAIN, 'ipv4/ip_forward': 1, 'bridge/bridge-nf-call-iptables': 1, 'ipv4/icmp_ratelimit': 0 };

const writeFile = ({ path, text }: NodeFile): string => `printf '%s\\n' ${quoted(text.replace(/\n$/, ''))} >${path}\n`;

function backendLinks(program: string): string {
  const names = ['iptables', 'iptables-save', 'iptables-restore'];
  // Debian's own names lead through /etc/alternatives, which is the node's own copy.
  const links = names.map(
    (name) =>
      `ln -s ${quoted(program)} ${OWN_BIN}/${name}\n[ ! -d /etc/alternatives ] || ln -sf ${quoted(program)} /etc/alternatives/${name}\n`,
  );
  return links.join('');
}

/** Programs that stand before all stand-ins of their name. */
export type Programs = Readonly<Record<string, string>>;

const programLinks = (programs: Programs): string =>
  Object.entries(programs)
    .map(([name, path]) => `ln -s ${quoted(path)} ${OWN_BIN}/${name}\n`)
    .join('');

/** The second half of a node's script, once its uplink is there. */
export function nodeScript(cluster: Cluster, node: LabNode, iptablesProgram: string, programs: Programs): string {
  return [
    sysctls(ROUTER),
    ...nodeFiles(cluster, node).map(writeFile),
    backendLinks(iptablesProgram),
    programLinks(programs),
    heredoc(
      'ip -batch -',
      node.pods.map(({ netns }) => `netns add ${netns}`),
    ),
    ...node.pods.map((pod) => `mkdir -p /etc/netns/${pod.netns}\n${writeFile(podResolver(cluster, pod))}`),
    heredoc('ip -batch -', nodeLinks(cluster, node)),
    heredoc('bridge -batch -', nodeFdb(cluster, node)),
    heredoc(`${OWN_BIN}/iptables-restore`, [nodeRules(cluster, node)]),
    ...node.pods.map((pod) =>
      heredoc(`nsenter --net=/run/netns/${pod.netns} sh -s`, [
        `${sysctls({ ...QUIET, ...PLAIN })}exec ip -batch - <<'POD_END'`,
        ...podLinks(node, pod),
        'POD_END',
      ]),
    ),
    // The kernel is as an earlier run of flanneld left it, so this run only takes over.
    'LAB_RESUME=1 systemctl start flanneld </dev/null\n',
    // The others need what flanneld wrote, and not each other; none is left half-started.
    cluster.api ? 'LAB_RESUME=1 systemctl start kube-proxy </dev/null &\n' : '',
    node.bridge === 'docker0' ? 'LAB_RESUME=1 systemctl start docker </dev/null >/dev/null 2>&1 &\n' : '',
    'wait\n',
    REST,
  ].join('');
}

/** The second half for the machine that etcd runs on. */
export function etcdScript(cluster: Cluster, programs: Programs): string {
  const [, length] = cluster.underlay.cidr.split('/');
  const address = new URL(cluster.etcd.endpoint).hostname;
  return [
    sysctls({ ...QUIET, ...PLAIN }),
    heredoc('ip -batch -', [
      'link set lo up',
      `addr add ${address}/${length} brd + dev eth0`,
      'link set eth0 up',
      `route add default via ${cluster.underlay.gateway}`,
    ]),
    'mkdir -m 700 -p /run/etcd\n',
    programLinks(programs),
    ...etcdFiles(cluster).map(writeFile),
    'systemctl start etcd </dev/null\n',
    REST,
  ].join('');
}

/** The second half for the switch: a bridge must not ask its iptables about what it passes on. */
export const switchScript = (): string => sysctls({ ...QUIET, ...PLAIN, 'bridge/bridge-nf-call-iptables': 0 }) + REST;
