import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { argvInUserland } from '../userlands/enter.ts';
import { must, run, Staged } from './processes.ts';

const WORLD = join(import.meta.dirname, 'world');

/** The recorded world: what makes it, and how a command is run at one of its places. */
export interface World {
  readonly client: Staged;
  readonly at: (place: string) => readonly string[];
}

/** Builds the namespaces, their rules and their sockets with the tools of one userland. */
export async function furnish(root: string, packets: string): Promise<World> {
  const at = (place: string) => ['nsenter', `--net=/run/netns/${place}`];
  const inside = (place: string, argv: readonly string[], file?: string) =>
    must(argvInUserland(root, argv, { within: at(place) }), file === undefined ? '' : readFileSync(join(WORLD, file), 'utf8'));

  must(['ip', '-batch', join(WORLD, 'underlay.ip')]);
  must(['ip', 'netns', 'add', 'c']);
  for (const place of ['sw', 'pod1', 'pod2', 'deaf', 'podb', 'b', 'a']) inside(place, ['ip', '-batch', '-'], `${place}.ip`);
  inside('b', ['bridge', '-batch', '-'], 'b.bridge');
  for (const place of ['sw', 'b']) inside(place, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  inside('a', ['sysctl', '-q', '-p', '-'], 'sysctl.conf');
  await wait(2500); // duplicate address detection
  inside('a', ['ip', '-batch', '-'], 'a-routes.ip');
  inside('a', ['ip', '-6', '-batch', '-'], 'a-routes-ipv6.ip');
  inside('a', ['ip', '-batch', '-'], 'a-rules.ip');
  inside('a', ['ip', '-6', '-batch', '-'], 'a-rules-ipv6.ip');
  inside('a', ['bridge', '-batch', '-'], 'a.bridge');
  loadRules(inside);
  const stop = capture(root, at('a'), packets);
  await wait(1500);
  const client = await holdSockets(at, inside);
  traffic(root, at);
  inside('a', ['ip', '-batch', '-'], 'a-neigh.ip');
  await wait(500);
  await stop();
  return { client, at };
}

type Inside = (place: string, argv: readonly string[], file?: string) => string;

function loadRules(inside: Inside): void {
  for (const [place, restore] of [['a', 'iptables-nft-restore'], ['b', 'iptables-legacy-restore']] as const) {
    inside(place, ['sh', '-c', 'ipset create blocked hash:net && ipset add blocked 203.0.113.0/24']);
    inside(place, ['nfacct', 'add', 'ct_state_invalid_dropped_pkts']);
    inside(place, ['nfacct', 'add', 'localhost_nps_accepted_pkts']);
    for (const file of ['kube-proxy', 'flannel', 'firewall']) inside(place, [restore, '-n', '-c'], `${file}.rules`);
  }
  for (const file of ['kube-proxy.nft', 'native.nft']) inside('c', ['nft', '-f', '-'], file);
}

/** Records what passes on node A into files; gives back what ends it. */
function capture(root: string, within: readonly string[], packets: string): () => Promise<void> {
  const children = [['eth0', 'not tcp port 2379'], ['cni0', 'not port 8081'], ['any', 'icmp or arp']].map(([device = '', filter = '']) => {
    const argv = ['tcpdump', '-i', device, '-s', '160', '-c', '60', '-U', '-w', `/mnt/${device}.pcap`, filter];
    const [command = '', ...args] = argvInUserland(root, ['sh', '-c', 'exec "$@"', 'sh', ...argv, '-Z', 'root'], { within, binds: { '/mnt': packets } });
    return spawn(command, args, { stdio: 'ignore' });
  });
  return async () => {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => (child.exitCode ?? child.signalCode) !== null || new Promise((end) => child.on('close', end))));
  };
}

async function holdSockets(at: World['at'], inside: Inside): Promise<Staged> {
  const hold = (place: string, role: string) => new Staged([...at(place), process.execPath, join(import.meta.dirname, 'sockets.ts'), role]);
  const [pod, deaf] = [hold('pod1', 'serve'), hold('deaf', 'serve')];
  await Promise.all([pod.ready(), deaf.ready()]);
  inside('a', ['sysctl', '-qw', 'net.netfilter.nf_conntrack_acct=1', 'net.netfilter.nf_conntrack_timestamp=1']);
  const client = hold('a', 'client');
  await client.ready();
  deaf.child.kill('SIGUSR2');
  await wait(200);
  inside('deaf', ['nft', 'add table ip deaf; add chain ip deaf in { type filter hook input priority 0; policy drop; }']);
  await client.next();
  deaf.child.kill('SIGUSR1');
  await wait(300);
  return client;
}

/** A little of everything that a capture should hold, and that leaves counters and conntrack entries. */
function traffic(root: string, at: World['at']): void {
  const say = (place: string, line: string) => run(argvInUserland(root, ['sh', '-c', line], { within: at(place) }));
  say('pod1', 'ping -c2 -i0.2 10.244.2.20');
  say('pod1', 'ping -c1 -W1 192.0.2.80');
  say('pod1', 'ping -c1 -W1 10.13.0.1'); // unreachable route
  say('sw', 'ping -c1 -W1 -M do -s 1460 10.244.1.10'); // larger than cni0
  say('pod1', 'ping -c1 -W1 -s 3000 10.244.2.20'); // fragments
  say('pod1', 'curl -s -m1 http://192.0.2.80:81/'); // refused
  say('pod1', 'busybox nslookup -type=a example.org 10.244.1.1'); // port unreachable
  say('a', 'ping -c1 -W1 192.168.56.77'); // nobody: stays INCOMPLETE
  say('a', 'ping -6 -c1 -W1 2001:db8:56::11');
  say('podb', 'ping -c1 -W1 10.244.1.10');
}
