import assert from 'node:assert/strict';
import test from 'node:test';
import { type World, worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import { ip } from '#net/ip';
import { enumerate } from '#sim/clock/choice';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { send } from '../../send.ts';
import { FRESH, type State } from '../../state.ts';
import { packetOf } from '../../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 2 });
const { scope } = healthy.node('A');
const [near, far] = [healthy.pod('A').address, healthy.pod('B')];
const flow = { from: far.scope, to: near, protocol: 'udp', port: 53 } as const;

type Bucket = Omit<FactOf<'hashlimit-bucket'>, 'origin'>;
const NONE: Bucket = {
  family: 4,
  table: 'other',
  source: ip`0.0.0.0`,
  sourcePort: 0,
  destination: near,
  destinationPort: 0,
  tokens: 0,
  burst: 5,
};

/** Tables that were read whole: one of another name, and these. */
const read = (...buckets: readonly Bucket[]): BuiltCluster =>
  [NONE, ...buckets].reduce((now, bucket) => now.put('hashlimit-bucket', scope, bucket), healthy);

type Sent = { readonly at?: number; readonly port?: number };

/** What comes of packets one after another: as many are dropped as match. */
function dropped(match: string, sent: readonly Sent[], built = read()): string {
  const world: World = worldOf(
    built.rule(scope, 'filter', `-A FORWARD -p udp -m hashlimit ${match} --hashlimit-name web -j DROP`, 0).facts,
  );
  let state: State = FRESH;
  const told = sent.map(({ at = 0, port = 53 }) => {
    const { branches } = enumerate((chooser) => send(world, flow.from, packetOf(world, { ...flow, port }), state, chooser, at));
    const [first, ...others] = branches;
    assert.ok(first !== undefined);
    state = first.result.state;
    if (others.length > 0 || first.result.disposition === 'unknown') return '?';
    return first.result.disposition === 'dropped' ? 'd' : '-';
  });
  return told.join('');
}

const times = (count: number, one: Sent = {}): readonly Sent[] => Array.from({ length: count }, () => one);

test('a bucket that was not there is full: so many match, or with --hashlimit-above all the others (hashlimit_mt_common)', () => {
  assert.equal(dropped('--hashlimit-upto 1/hour --hashlimit-mode srcip', times(7)), 'ddddd--');
  assert.equal(dropped('--hashlimit-above 1/hour --hashlimit-burst 2 --hashlimit-mode srcip', times(4)), '--dd');
  assert.equal(dropped('! --hashlimit-upto 1/hour --hashlimit-burst 2 --hashlimit-mode srcip', times(3)), '--d');
  assert.equal(dropped('--hashlimit-upto 1/sec --hashlimit-burst 1', [{ at: 0 }, { at: 500 }, { at: 1500 }]), 'd-d');
});

test('each kind of packets, as the mode tells them apart, has a bucket of its own (hashlimit_init_dst)', () => {
  const both = [...times(2), ...times(2, { port: 54 })];
  assert.equal(dropped('--hashlimit-upto 1/hour --hashlimit-burst 1 --hashlimit-mode dstip,dstport', both), 'd-d-');
  assert.equal(dropped('--hashlimit-upto 1/hour --hashlimit-burst 1 --hashlimit-mode dstip', both), 'd---');
});

test('what is left in a bucket was read, by the bits that its mask leaves', () => {
  const match = '--hashlimit-upto 1/hour --hashlimit-mode dstip --hashlimit-dstmask 24';
  const bucket = { ...NONE, table: 'web', destination: ip`${near.replace(/\d+$/, '0')}` };
  assert.equal(dropped(match, times(3), read({ ...bucket, tokens: 2.01 })), 'dd-');
  assert.equal(dropped(match, times(1), read({ ...bucket, tokens: 4, burst: 9 })), '?', 'another rule made the table');
});

test('where the tables were not read the rule’s own count tells, but of --hashlimit-above', () => {
  const counted = (match: string): string => dropped(match, times(1), healthy);
  assert.equal(counted('--hashlimit-upto 1/hour --hashlimit-mode srcip'), 'd', 'it counted none');
  assert.equal(counted('--hashlimit-above 1/hour --hashlimit-mode srcip'), '?');
  assert.equal(dropped('--hashlimit-upto 20kb/s --hashlimit-mode srcip', times(1)), '?', 'a rate of bytes');
});

test('ports of ESP and AH are their SPI, which is not walked (hashlimit_init_dst, proto_ports_offset)', () => {
  const asked = (mode: string, protocol: 'esp' | 'gre'): boolean => {
    const rule = `-A FORWARD -m hashlimit --hashlimit-upto 1/hour --hashlimit-mode ${mode} --hashlimit-name web -j DROP`;
    const world = worldOf(read().rule(scope, 'filter', rule, 0).facts);
    const bare = { ...packetOf(world, flow), protocol, sourcePort: 0, destinationPort: 0 } as const;
    return enumerate((chooser) => send(world, flow.from, bare, FRESH, chooser, 0)).branches.length === 1;
  };
  assert.deepEqual([asked('srcip,dstport', 'esp'), asked('srcip', 'esp'), asked('srcip,dstport', 'gre')], [false, true, true]);
});

/** Scene filter:s22.424+talk+aim: ESP and AH of a host took tokens of the bucket of its protocols without ports, and GRE found none. */
test('what took a token of a bucket that nobody knows may have taken the last of each that it may be of', () => {
  const told = (mode: string, protocols: readonly ('esp' | 'gre' | 'udp')[]): string => {
    const rate = '--hashlimit-above 1/sec --hashlimit-burst 2 --hashlimit-htable-expire 90000';
    const rule = `-A FORWARD -s ${far.address} -m hashlimit ${rate} --hashlimit-mode ${mode} --hashlimit-name web -j DROP`;
    const world = worldOf(read().rule(scope, 'filter', rule, 0).facts);
    let state: State = FRESH;
    return protocols
      .map((protocol, at) => {
        const ports = protocol === 'udp' ? { sourcePort: 1, destinationPort: 53 } : { sourcePort: 0, destinationPort: 0 };
        const packet = { ...packetOf(world, flow), protocol, ...ports };
        // the third comes when one token is back, the last when all are
        const when = [0, 0, 1000, 1000, 1000, 9000][at] ?? 0;
        const { branches } = enumerate((chooser) => send(world, flow.from, packet, state, chooser, when));
        state = branches[0]?.result.state ?? FRESH;
        const [only, ...others] = new Set(branches.map(({ result }) => result.disposition));
        return others.length > 0 ? '?' : only === 'dropped' ? 'd' : '-';
      })
      .join('');
  };
  assert.equal(told('srcip,dstport', ['esp', 'gre', 'gre', 'gre']), '?--?', 'one that no packet had asked');
  assert.equal(told('srcip,dstport', ['gre', 'esp', 'gre', 'gre']), '-?-?', 'one that packets had asked');
  assert.equal(told('srcip,dstport', ['esp', 'udp', 'udp', 'udp', 'udp', 'gre']), '?--??-', 'any port may be its SPI');
  assert.equal(told('srcip,dstport', ['esp', 'esp', 'udp', 'udp']), '??-?');
  assert.equal(told('srcip', ['esp', 'gre']), '--', 'where no port is looked at it is of its own');
});
