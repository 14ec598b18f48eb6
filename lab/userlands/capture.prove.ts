import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { at, furnishNamespaces, loadRules } from '../recorded-tools/furnish.ts';
import { must } from '../recorded-tools/processes.ts';
import { argvInUserland } from './enter.ts';
import { userlandNamed } from './list.ts';
import { rootOf } from './unpack.ts';

/**
 * node lab/userlands/capture.prove.ts FOLDER CLI USERLAND…, in namespaces of its own: furnishes one set of network namespaces,
 * captures its node A by the command, and by the portable file in each userland, into FOLDER/<name>.capture.
 */
const [folder = '', cli = '', ...names] = process.argv.slice(2);
const OLDEST = 'debian-11';
/** Rules of the oldest tools: a newer one's are misread by them. */
const builder = [OLDEST, 'debian-12'].map((name) => rootOf(userlandNamed(name))).find((root) => existsSync(root)) ?? '';

const [PORT_TRIES, PORT_EVERY_MS] = [300, 200];

/** Files that both captures see: in /run, which is laid into each userland, and over /etc as far as every userland has it. */
const FILES = `
mkdir -p /run/flannel /run/sysctl.d /run/systemd/system
printf 'FLANNEL_NETWORK=10.244.0.0/16\\nFLANNEL_SUBNET=10.244.1.1/24\\nFLANNEL_MTU=1450\\nFLANNEL_IPMASQ=true\\n' >/run/flannel/subnet.env
printf 'net.ipv4.ip_forward = 1\\n# a note\\nnet.ipv4.conf.*.rp_filter = 2\\n' >/run/sysctl.d/99-lab.conf
printf '[Unit]\\nAfter=network.target\\n[Service]\\nExecStart=/usr/bin/flanneld -iface=eth0\\n' >/run/systemd/system/flanneld.service
mount --bind "$1/hosts" /etc/hosts
mount --bind "$1/resolv.conf" /etc/resolv.conf
`;

await furnishNamespaces(rootOf(userlandNamed('debian-12')));
loadRules(builder, 'a', 'iptables-nft-restore');
loadRules(builder, 'pod2', 'iptables-legacy-restore');
must(['sh', '-c', FILES, 'sh', join(import.meta.dirname, '../recorded-tools/world')]);

// a port of a bridge with STP listens and learns, and as long as the bridge tells others of the change it forgets stations sooner
// (net/bridge/br_stp_timer.c br_forward_delay_timer_expired, br_stp.c __br_set_topology_change): both as short as may be, and waited for
must([...at('a'), 'ip', 'link', 'set', 'br-trunk', 'type', 'bridge', 'forward_delay', '200', 'max_age', '600']);
const isOnItsWay = (): boolean =>
  /"state":"(?:listening|learning)"/.test(must([...at('a'), 'bridge', '-j', 'link', 'show'])) ||
  /"topology_change":1/.test(must([...at('a'), 'ip', '-d', '-j', 'link', 'show', 'type', 'bridge']));
for (let tries = 0; isOnItsWay(); tries++) {
  if (tries >= PORT_TRIES) throw new Error(`a port listens or learns, or a bridge tells of a change, after ${PORT_TRIES} looks`);
  await new Promise((resolve) => setTimeout(resolve, PORT_EVERY_MS));
}

const options = ['--node', 'a', '--looks', '1', '--out'];
must([...at('a'), process.execPath, '--no-warnings', cli, 'capture', ...options, join(folder, 'native.tar.gz')]);
const binds = { '/mnt': folder, '/run': '/run', '/etc/hosts': '/etc/hosts', '/etc/resolv.conf': '/etc/resolv.conf' };
for (const name of names) {
  const argv = ['sh', '/mnt/capture.sh', ...options, `/mnt/${name}.capture`];
  must(argvInUserland(rootOf(userlandNamed(name)), argv, { within: at('a'), binds }));
}
console.log('captured');
