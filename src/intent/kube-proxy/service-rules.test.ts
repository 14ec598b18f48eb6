import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { ServicePolicy } from '#facts/service/service';
import { type Cidr, cidr } from '#net/cidr';
import { type Family, type Ip, ip, parseIp } from '#net/ip';
import { USUAL_POLICY } from '#testing/built/api';
import type { Backend } from './backends.ts';
import type { Front } from './fronts.ts';
import { type ServicePort, sortedFor } from './service-port.ts';
import { serviceRules } from './service-rules.ts';

/** How one family looks in what a real kube-proxy wrote. */
type Recorded = {
  readonly family: Family;
  /** Every rule that names a Service port; what counts by nfacct is another kernel's. */
  readonly rules: readonly string[];
  readonly length: 32 | 128;
  readonly nodeAddress: Ip;
  readonly clusterCidr: Cidr;
  /** How the addresses of its Services begin: cluster IPs, external ones, balancers'. */
  readonly nets: readonly [cluster: string, external: string, balancers: string];
};

const recorded = (file: string): readonly string[] =>
  readFileSync(new URL(`../../../lab/recorded-tools/kube-proxy/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.replace(/^\[\d+:\d+\] /, ''))
    .filter((line) => line.startsWith('-A ') && !line.includes('localhost_nps'));

const FOUR: Omit<Recorded, 'rules'> = {
  family: 4,
  length: 32,
  nodeAddress: ip`10.10.0.11`,
  clusterCidr: cidr`10.244.0.0/16`,
  nets: ['10.96.', '198.51.100.', '198.51.101.'],
};
const SIX: Omit<Recorded, 'rules'> = {
  family: 6,
  length: 128,
  nodeAddress: ip`fd00:10:10::11`,
  clusterCidr: cidr`fd00:10:244::/56`,
  nets: ['fd00:10:96:', '2001:db8:4:', '2001:db8:5:'],
};

const found = (lines: readonly string[], pattern: RegExp): readonly string[] => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);

const chainsOf = (rules: readonly string[], name: string): ReadonlySet<string> =>
  new Set(
    rules
      .filter((line) => mentions(line, name))
      .flatMap((line) => [...line.matchAll(/KUBE-(?:SVC|SVL|EXT|FW|SEP)-\w+/g)].map(([chain]) => chain)),
  );

const mentions = (line: string, name: string): boolean =>
  line.includes(`"${name}`) || line.includes(` for ${name} `) || line.includes(` to ${name} `);

/** All rules of a Service port: those that name it, and the jumps within its chains that have no words. */
function rulesOf(rules: readonly string[], name: string): readonly string[] {
  const chains = chainsOf(rules, name);
  return rules.filter((line) => mentions(line, name) || chains.has(line.split(' ')[1] ?? ''));
}

/** The port as its Service and its slices must have been for a real kube-proxy to write these rules. */
function portOf({ rules, family, length, nets }: Recorded, name: string): readonly [ServicePort, ReturnType<typeof sortedFor>] {
  const lines = rulesOf(rules, name);
  const [shape = ''] = lines.filter((line) => / -p \w+ /.test(line) && !line.includes('health check'));
  const protocol = (/ -p (\w+) /.exec(shape)?.[1] ?? 'tcp') as Front['protocol'];
  const service = { namespace: 'default', name } as Front['service'];
  const ends = (chain: string): readonly Ip[] =>
    found(lines, new RegExp(`^-A KUBE-${chain}-\\w+ .* -> \\[?([0-9a-f.:]+?)\\]?:\\d+"`)).flatMap((text) => parseIp(text) ?? []);
  const policy: ServicePolicy = {
    ...USUAL_POLICY,
    affinitySeconds: lines.some((line) => line.includes('-m recent')) ? 600 : null,
    internal: lines.some((line) => /^-A KUBE-SERVICES .*(cluster IP.* -j KUBE-SVL|has no local)/.test(line)) ? 'Local' : 'Cluster',
    external: lines.some((line) => /"pod traffic for/.test(line)) ? 'Local' : 'Cluster',
    sourceRanges: found(lines, /^-A KUBE-FW-\w+ -s ((?:10\.10\.|fd00:10:10:)\S+) /) as readonly Cidr[],
    healthCheckNodePort: Number(found(lines, /health check node port" -m tcp --dport (\d+)/)[0] ?? 0) || null,
  };
  const front = (kind: Front['kind'], address: string, port: string): Front => ({
    service,
    policy,
    name,
    portName: '',
    kind,
    address: parseIp(address) ?? ip`::`,
    family,
    protocol,
    port: Number(port),
  });
  const fronts = (kind: Front['kind'], words: string): readonly Front[] =>
    lines.flatMap((line) => {
      const [, address, port] =
        new RegExp(`^-A KUBE-(?:EXTERNAL-)?SERVICES -d (\\S+)/${length} .*${words}.* --dport (\\d+)`).exec(line) ?? [];
      return address === undefined || port === undefined ? [] : [front(kind, address, port)];
    });
  const refused = (chain: string): string => `-A KUBE-${chain} -d`;
  const isRefused = (line: string, chain: string): boolean => line.startsWith(refused(chain)) && line.includes('endpoints"');
  const refusedFronts = (kind: Front['kind'], chain: string, net: string): readonly Front[] =>
    lines.flatMap((line) => {
      const [, address, port] = / -d (\S+)\/\d+ .* --dport (\d+)/.exec(line) ?? [];
      return isRefused(line, chain) && address?.startsWith(net) === true && port !== undefined ? [front(kind, address, port)] : [];
    });
  const once = (all: readonly Front[]): readonly Front[] => [
    ...new Map(all.map((one) => [`${one.address} ${one.port}`, one] as const)).values(),
  ];
  const nodePort = found(
    lines,
    /^-A KUBE-(?:NODEPORTS|EXTERNAL-SERVICES) -p \w+ -m comment --comment "[^"]*(?<!node port)" (?:-m addrtype --dst-type LOCAL )?-m \w+ --dport (\d+)/,
  )[0];
  const port: ServicePort = {
    name,
    protocol,
    policy,
    cluster: once([...fronts('cluster IP', 'cluster IP'), ...refusedFronts('cluster IP', 'SERVICES', nets[0])]),
    externalIps: once([...fronts('external IP', 'external IP'), ...refusedFronts('external IP', 'EXTERNAL-SERVICES', nets[1])]),
    balancers: once([...fronts('load balancer', 'loadbalancer IP'), ...refusedFronts('load balancer', 'EXTERNAL-SERVICES', nets[2])]),
    nodePorts: nodePort === undefined ? [] : [front('node port', '10.10.0.11', nodePort)],
  };
  const target = Number(found(lines, /--to-destination \S+:(\d+)$/)[0]);
  const backend = (address: Ip): Backend => ({
    address,
    port: target,
    ready: true,
    serving: true,
    terminating: false,
    node: null,
    pod: null,
    forZones: null,
    forNodes: null,
    slice: {} as Backend['slice'],
  });
  const byAddress = new Map([...ends('SVC'), ...ends('SVL')].map((address) => [address, backend(address)] as const));
  const of = (chain: string): readonly Backend[] => [...new Set(ends(chain))].flatMap((address) => byAddress.get(address) ?? []);
  const any = !lines.some((line) => line.includes('has no endpoints'));
  return [port, sortedFor(port, { cluster: of('SVC'), local: of('SVL'), any, because: null })];
}

for (const [file, count, masqueradeAll, own] of [
  ['iptables-legacy-save-c.txt', 40, true, FOUR],
  ['iptables-nft-save-c.txt', 30, false, FOUR],
  ['ip6tables-legacy-save-c.txt', 20, true, SIX],
  ['ip6tables-nft-save-c.txt', 10, false, SIX],
] as const) {
  test(`the rules of each Service port are those of a real kube-proxy, word by word: ${file}`, () => {
    const real: Recorded = { ...own, rules: recorded(file) };
    const names = [...new Set(real.rules.flatMap((line) => /"(default\/[^ "]+)/.exec(line)?.[1] ?? []))];
    assert.ok(names.length > count, String(names.length));
    for (const name of names) {
      const [port, sorted] = portOf(real, name);
      const { nat, filter } = serviceRules(port, sorted, { ...own, masqueradeAll });
      const ours = [...nat.values(), ...filter.values()].flatMap((rules) => rules.map(({ text }) => text));
      assert.deepEqual(ours.toSorted(), rulesOf(real.rules, name).toSorted(), name);
    }
  });
}
