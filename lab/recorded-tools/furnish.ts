import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { argvInUserland } from '../userlands/enter.ts';
import { must, run, Staged } from './processes.ts';

const WORLD = join(import.meta.dirname, 'world');

/** The roots of the userlands that make the world, and the folder for what is captured in it. */
export interface Sources {
  readonly tools: string;
  readonly dumpcap: string;
  readonly packets: string;
}

/** Builds the namespaces, their rules and their sockets with the tools of one userland; gives the holder of the sockets. */
export async function furnish(sources: Sources): Promise<Staged> {
  const root = sources.tools;
  const inside = insideOf(root);
  await furnishNamespaces(root);
  loadRules(root, 'a', 'iptables-nft-restore');
  loadRules(root, 'b', 'iptables-legacy-restore');
  const stop = capture(sources);
  await wait(1500);
  const client = await holdSockets(inside);
  traffic(root);
  inside('a', ['ip', '-batch', '-'], 'a-neigh.ip');
  run([...at('a'), 'ping', '-c1', '-W1', '192.168.56.33']); // stale and used: DELAY
  await wait(500);
  await stop();
  return client;
}

/** The namespaces with their devices, addresses, routes, rules of routing and forwarding databases; no firewall, no packets. */
export async function furnishNamespaces(root: string): Promise<void> {
  const inside = insideOf(root);
  must(['ip', '-batch', join(WORLD, 'underlay.ip')]);
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
}

type Inside = (place: string, argv: readonly string[], file?: string) => string;

function insideOf(root: string): Inside {
  return (place, argv, file) => {
    const input = file === undefined ? '' : readFileSync(join(WORLD, file), 'utf8');
    return must(argvInUserland(root, argv, { within: at(place) }), input);
  };
}

/** argv that enters one of the world's namespaces. */
export function at(place: string): readonly string[] {
  return ['nsenter', `--net=/run/netns/${place}`];
}

/** Loads the rules of kube-proxy, flanneld and a host firewall through one backend of a userland's own iptables. */
export function loadRules(root: string, place: string, restore: 'iptables-nft-restore' | 'iptables-legacy-restore'): void {
  const inside = insideOf(root);
  inside(place, ['sh', '-c', 'ipset create blocked hash:net && ipset add blocked 203.0.113.0/24']);
  inside(place, ['nfacct', 'add', 'ct_state_invalid_dropped_pkts']);
  inside(place, ['nfacct', 'add', 'localhost_nps_accepted_pkts']);
  for (const file of ['kube-proxy', 'flannel', 'firewall']) inside(place, [restore, '-n', '-c'], `${file}.rules`);
}

/** Makes the namespaces whose rules one userland writes with its own tools, in place of the last userland's. */
export function ownRules(root: string): void {
  for (const place of ['rules', 'native']) {
    run(['ip', 'netns', 'del', place]);
    must(['ip', 'netns', 'add', place]);
  }
  loadRules(root, 'rules', 'iptables-nft-restore');
  for (const file of ['kube-proxy.nft', 'native.nft']) insideOf(root)('native', ['sh', '-c', 'cat | nft -f -'], file);
}

const TCPDUMPS = [
  ['eth0', 'not tcp port 2379'],
  ['cni0', 'not port 8081'],
  ['any', 'icmp or arp'],
] as const;

/** Records what passes on node A into files, with tcpdump and dumpcap; gives back what ends it. */
function capture({ tools, dumpcap, packets }: Sources): () => Promise<void> {
  const start = (root: string, argv: readonly string[]) => {
    const [command = '', ...args] = argvInUserland(root, argv, { within: at('a'), binds: { '/mnt': packets } });
    return spawn(command, args, { stdio: 'ignore' });
  };
  const children = [
    ...TCPDUMPS.map(([device, filter]) =>
      start(tools, ['tcpdump', '-i', device, '-s', '160', '-c', '60', '-U', '-Z', 'root', '-w', `/mnt/${device}.pcap`, filter]),
    ),
    start(dumpcap, ['dumpcap', '-q', '-i', 'eth0', '-i', 'cni0', '-s', '160', '-c', '60', '-w', '/mnt/eth0-cni0.pcapng']),
  ];
  return async () => {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(
      children.map((child) => (child.exitCode ?? child.signalCode) !== null || new Promise((end) => child.on('close', end))),
    );
  };
}

async function holdSockets(inside: Inside): Promise<Staged> {
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
function traffic(root: string): void {
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
