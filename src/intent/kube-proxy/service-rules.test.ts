import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { ServicePolicy } from '#facts/service/service';
import { type Cidr, cidr } from '#net/cidr';
import { type Ip, ip, parseIp } from '#net/ip';
import { USUAL_POLICY } from '#testing/built/api';
import type { Backend } from './backends.ts';
import type { Front } from './fronts.ts';
import { type ServicePort, sortedFor } from './service-port.ts';
import { serviceRules } from './service-rules.ts';

const FILE = new URL('../../../lab/recorded-tools/kube-proxy/iptables-legacy-save-c.txt', import.meta.url);
/** Every rule of the real kube-proxy that names a Service port; what counts by nfacct is another kernel's. */
const RECORDED = readFileSync(FILE, 'utf8')
  .split('\n')
  .map((line) => line.replace(/^\[\d+:\d+\] /, ''))
  .filter((line) => line.startsWith('-A ') && !line.includes('localhost_nps'));

const NAMES = [...new Set(RECORDED.flatMap((line) => /"(default\/[^ "]+)/.exec(line)?.[1] ?? []))];

const found = (lines: readonly string[], pattern: RegExp): readonly string[] => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);

const chainsOf = (name: string): ReadonlySet<string> =>
  new Set(
    RECORDED.filter((line) => mentions(line, name)).flatMap((line) =>
      [...line.matchAll(/KUBE-(?:SVC|SVL|EXT|FW|SEP)-\w+/g)].map(([chain]) => chain),
    ),
  );

const mentions = (line: string, name: string): boolean =>
  line.includes(`"${name}`) || line.includes(` for ${name} `) || line.includes(` to ${name} `);

/** All rules of a Service port: those that name it, and the jumps within its chains that have no words. */
function rulesOf(name: string): readonly string[] {
  const chains = chainsOf(name);
  return RECORDED.filter((line) => mentions(line, name) || chains.has(line.split(' ')[1] ?? ''));
}

/** The port as its Service and its slices must have been for a real kube-proxy to write these rules. */
function portOf(name: string): readonly [ServicePort, ReturnType<typeof sortedFor>] {
  const lines = rulesOf(name);
  const [shape = ''] = lines.filter((line) => / -p \w+ /.test(line) && !line.includes('health check'));
  const protocol = (/ -p (\w+) /.exec(shape)?.[1] ?? 'tcp') as Front['protocol'];
  const service = { namespace: 'default', name } as Front['service'];
  const ends = (chain: string): readonly Ip[] =>
    found(lines, new RegExp(`^-A KUBE-${chain}-\\w+ .* -> (\\d[\\d.]*):`)).flatMap((text) => parseIp(text) ?? []);
  const policy: ServicePolicy = {
    ...USUAL_POLICY,
    affinitySeconds: lines.some((line) => line.includes('-m recent')) ? 600 : null,
    internal: lines.some((line) => /^-A KUBE-SERVICES .*(cluster IP.* -j KUBE-SVL|has no local)/.test(line)) ? 'Local' : 'Cluster',
    external: lines.some((line) => /"pod traffic for/.test(line)) ? 'Local' : 'Cluster',
    sourceRanges: found(lines, /^-A KUBE-FW-\w+ -s (10\.10\.\S+) /) as readonly Cidr[],
    healthCheckNodePort: Number(found(lines, /health check node port" -m tcp --dport (\d+)/)[0] ?? 0) || null,
  };
  const front = (kind: Front['kind'], address: string, port: string): Front => ({
    service,
    policy,
    name,
    portName: '',
    kind,
    address: parseIp(address) ?? ip`0.0.0.0`,
    family: 4,
    protocol,
    port: Number(port),
  });
  const fronts = (kind: Front['kind'], words: string): readonly Front[] =>
    lines.flatMap((line) => {
      const [, address, port] = new RegExp(`^-A KUBE-(?:EXTERNAL-)?SERVICES -d (\\S+)/32 .*${words}.* --dport (\\d+)`).exec(line) ?? [];
      return address === undefined || port === undefined ? [] : [front(kind, address, port)];
    });
  const refused = (chain: string): string => `-A KUBE-${chain} -d`;
  const isRefused = (line: string, chain: string): boolean => line.startsWith(refused(chain)) && line.includes('endpoints"');
  const refusedFronts = (kind: Front['kind'], chain: string, net: string): readonly Front[] =>
    lines.flatMap((line) => {
      const [, address, port] = / -d (\S+)\/32 .* --dport (\d+)/.exec(line) ?? [];
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
    cluster: once([...fronts('cluster IP', 'cluster IP'), ...refusedFronts('cluster IP', 'SERVICES', '10.96.')]),
    externalIps: once([...fronts('external IP', 'external IP'), ...refusedFronts('external IP', 'EXTERNAL-SERVICES', '198.51.100.')]),
    balancers: once([...fronts('load balancer', 'loadbalancer IP'), ...refusedFronts('load balancer', 'EXTERNAL-SERVICES', '198.51.101.')]),
    nodePorts: nodePort === undefined ? [] : [front('node port', '10.10.0.11', nodePort)],
  };
  const target = Number(found(lines, /--to-destination [\d.]+:(\d+)/)[0]);
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

test('the rules of each Service port are those of a real kube-proxy, word by word', () => {
  assert.ok(NAMES.length > 40);
  for (const name of NAMES) {
    const [port, sorted] = portOf(name);
    const { nat, filter } = serviceRules(port, sorted, {
      nodeAddress: ip`10.10.0.11`,
      clusterCidr: cidr`10.244.0.0/16`,
      masqueradeAll: true,
    });
    const ours = [...nat.values(), ...filter.values()].flatMap((rules) => rules.map(({ text }) => text));
    assert.deepEqual(ours.toSorted(), rulesOf(name).toSorted(), name);
  }
});
