import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { kubeProxyProcess } from '#testing/built/kube-proxy';
import { cluster } from '#testing/world-builder';
import { fullSync } from './full-sync.ts';

const built = cluster({ nodes: 3 });
const running = built.put('process', onNode('A'), kubeProxyProcess(built, 'kube-proxy.service'));
const healthy = withApi(running);
const A = onNode('A');

/** The rules of a node's tables as text, chain by chain. */
const rulesOf = (facts: Facts): readonly string[] => {
  const tables = facts.seen('iptables', A);
  return tables.is === 'gap'
    ? []
    : tables.value.flatMap(({ table, chains }) =>
        chains.flatMap(({ name, rules }) => [`${table} :${name}`, ...rules.map(({ text }) => `${table} ${text}`)]),
      );
};

test('a node whose rules are right has the same rules after a start of kube-proxy', () => {
  const once = fullSync(healthy, 'A');
  // the built cluster names its chains by other hashes, draws its endpoints in another order, and lacks a chain that holds nothing
  const plain = (facts: Facts): readonly string[] =>
    rulesOf(facts)
      .map((line) => line.replaceAll(/KUBE-(SVC|SEP)-[A-Z0-9]+/g, 'KUBE-$1').replace(/ -m statistic .*? -j/, ' -j'))
      .filter((line) => !line.endsWith(':KUBE-PROXY-CANARY'))
      .toSorted();
  assert.deepEqual(plain(once), plain(healthy));
  assert.deepEqual(rulesOf(fullSync(once, 'A')), rulesOf(once));
});

test('of a node that is served by IPVS no rules of iptables mode are foretold', () => {
  const without = healthy.partition('iptables', A);
  assert.ok(without !== undefined);
  const tables = (without.facts as readonly FactOf<'iptables'>[]).map((table) => ({
    ...table,
    chains: table.chains.filter(({ name }) => !/^KUBE-(SVC|SEP)-/.test(name)),
  }));
  const bare = healthy.with({ ...without, facts: tables });
  assert.notEqual(fullSync(bare, 'A'), bare);
  const links = bare.partition('link', A);
  assert.ok(links !== undefined);
  const [link] = links.facts as readonly FactOf<'link'>[];
  const match = { by: 'address', protocol: 'tcp', address: ip`10.96.0.1`, port: 443 };
  const virtual = [{ match, scheduler: 'rr', persistentSeconds: null, perPacket: false, servers: [], origin: { file: 'ip_vs' } }];
  const ipvs = bare.with(
    { ...links, facts: [...links.facts, { ...link, name: 'kube-ipvs0' }] } as never,
    { kind: 'ipvs-service', scope: A, facts: virtual, looks: [], readings: [{ file: 'ip_vs' }], covers: true } as never,
  );
  assert.equal(fullSync(ipvs, 'A'), ipvs);
});

test('rules that were flushed come back whole', () => {
  const whole = fullSync(healthy, 'A');
  const tables = whole.seen('iptables', A);
  assert.ok(tables.is === 'seen');
  const flushed = tables.value
    .filter(({ table }) => table === 'nat')
    .map((table): FactOf<'iptables'> => ({ ...table, chains: table.chains.map((chain) => ({ ...chain, rules: [] })) }));
  const partition = whole.partition('iptables', A);
  assert.ok(partition !== undefined);
  const broken = whole.with({ ...partition, facts: [...flushed, ...tables.value.filter(({ table }) => table !== 'nat')] });
  const lost = rulesOf(whole).filter((line) => !rulesOf(fullSync(broken, 'A')).includes(line));
  assert.ok(
    lost.every((line) => line.includes('flanneld')),
    lost.join('\n'),
  );
});

test('where the slices were not listed, what it would write is not known', () => {
  const unlisted = healthy.without('endpoints', CLUSTER);
  assert.deepEqual(rulesOf(fullSync(unlisted, 'A')), rulesOf(healthy));
});

test('the rules are those of a real kube-proxy, word by word', () => {
  const file = new URL('../../../lab/world/rules/recorded/kube-proxy-v1.34.4.txt', import.meta.url);
  const recorded = readFileSync(file, 'utf8');
  const shape = (line: string): string =>
    line
      .replaceAll(/\d+\.\d+\.\d+\.\d+(\/\d+)?/g, 'IP$1')
      .replaceAll(/KUBE-(SVC|SEP)-[A-Z0-9]+/g, 'KUBE-$1')
      .replaceAll(/"[^ "]+\/[^ "]+:[^ "]+/g, '"NAME')
      .replaceAll(/(--dport |IP:)\d+/g, '$1PORT')
      .replaceAll(/--probability \S+/g, '--probability P');
  const real = new Set(recorded.split('\n').map((line) => shape(line.replace(/^\[\d+:\d+\] /, ''))));
  const ours = rulesOf(fullSync(healthy, 'A'))
    .filter((line) => line.includes('-A ') && !line.includes('flanneld') && !line.includes('FLANNEL'))
    .map((line) => shape(line.replace(/^\w+ /, '')));
  const unknown = ours.filter((line) => !real.has(line) && !line.includes('--ctstate INVALID'));
  assert.deepEqual(unknown, []);
});

/** The tables of a node in which kube-proxy's chains stand in both families, IPv6's empty but for the one by which it is known. */
function ofBothFamilies(facts: Facts): Facts {
  const partition = facts.partition('iptables', A);
  assert.ok(partition !== undefined);
  const six = partition.facts.map((table): FactOf<'iptables'> => {
    const builtIn = table.chains.filter(({ policy }) => policy !== null).map((chain) => ({ ...chain, rules: [] }));
    const own = table.chains.filter(({ name }) => name === 'KUBE-SERVICES').map((chain) => ({ ...chain, rules: [] }));
    return { ...table, family: 6, chains: [...builtIn, ...own] };
  });
  return facts.with({ ...partition, facts: [...partition.facts, ...six] });
}

/** The Service default/web with an address of IPv6 too, and one endpoint there. */
function dualStack(facts: Facts): Facts {
  const [services, slices] = [facts.partition('service', CLUSTER), facts.partition('endpoints', CLUSTER)];
  assert.ok(services !== undefined && slices !== undefined);
  const own = services.facts.map((service) =>
    service.name === 'web' ? { ...service, clusterIps: [...service.clusterIps, ip`fd00:10:96::1f`] } : service,
  );
  const added = slices.facts
    .filter(({ service }) => service === 'web')
    .map((slice) => ({
      ...slice,
      name: 'web-six',
      addresses: slice.addresses.slice(0, 1).map((one) => ({ ...one, address: ip`fd00:10:244::5` })),
    }));
  return facts.with({ ...services, facts: own }, { ...slices, facts: [...slices.facts, ...added] });
}

test('a Service of both families gets its rules in ip6tables too, and one of IPv4 alone does not', () => {
  const facts = fullSync(dualStack(ofBothFamilies(healthy)), 'A');
  const tables = facts.seen('iptables', A);
  assert.ok(tables.is === 'seen');
  const nat = tables.value.find(({ family, table }) => family === 6 && table === 'nat');
  const rules = (nat?.chains ?? []).flatMap((chain) => chain.rules.map(({ text }) => text));
  assert.deepEqual(
    rules.filter((text) => text.includes('default/web')).map((text) => text.replaceAll(/KUBE-(SVC|SEP)-[A-Z0-9]+/g, 'KUBE-$1')),
    [
      '-A KUBE-SEP -s fd00:10:244::5/128 -m comment --comment "default/web:http" -j KUBE-MARK-MASQ',
      '-A KUBE-SEP -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination [fd00:10:244::5]:8080',
      '-A KUBE-SERVICES -d fd00:10:96::1f/128 -p tcp -m comment --comment "default/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC',
      '-A KUBE-SVC -m comment --comment "default/web:http -> [fd00:10:244::5]:8080" -j KUBE-SEP',
    ],
  );
  assert.equal(
    rules.some((text) => text.includes('kube-dns')),
    false,
  );
  assert.ok(rules.some((text) => text.startsWith('-A PREROUTING') && text.endsWith('-j KUBE-SERVICES')));
});

test('where no kube-proxy writes IPv6, none is made up', () => {
  assert.equal(
    rulesOf(fullSync(dualStack(healthy), 'A')).some((line) => line.includes('fd00:')),
    false,
  );
});
