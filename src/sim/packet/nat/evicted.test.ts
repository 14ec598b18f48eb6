import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { enumerate } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH, type State } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [client, server] = [healthy.pod('A'), healthy.pod('B')];
const router = healthy.node('A').scope;
const SETTINGS = { tcp_be_liberal: 0, tcp_loose: 1, tcp_ignore_invalid_rst: 0, tcp_max_retrans: 3 };

/** Whether the router keeps the connections of its client's ports after segments, by state: `1>S 100` of port 5001, `1<SA 500 101` to it. */
function kept(segments: readonly string[], kernel = '6.18.44', ports = '4000'): readonly string[] {
  const chain = `chain p {\ntype nat hook postrouting priority 90; policy accept;\ntcp dport 80 snat to 203.0.113.7:${ports}\n}\n`;
  const silent = healthy.rule(client.scope, 'filter', '-A INPUT -j DROP', 0).rule(server.scope, 'filter', '-A INPUT -j DROP', 0);
  const told = Object.entries(SETTINGS).reduce(
    (built, [name, value]) => built.sysctl(router, `net.netfilter.nf_conntrack_${name}`, value),
    silent.change('host', router, () => true, { kernel }),
  );
  const world = worldOf(withNft(told, router, `table ip t {\n${chain}}\n`).facts);
  let states: readonly State[] = [FRESH];
  for (const [at, text] of segments.entries()) {
    const [, port, way, letters = '', seq, ack = '0'] = /^(\d)([<>])(\w+)(?: (\d+))?(?: (\d+))?$/.exec(text) ?? [];
    const there = packetOf(world, { from: client.scope, to: server.address, protocol: 'tcp', port: 80, sport: 5000 + Number(port) });
    const back = { ...there, source: server.address, destination: ip`203.0.113.7`, sourcePort: 80, destinationPort: 4000 };
    const flag = (letter: string) => letters.includes(letter);
    const numbers = seq === undefined ? {} : { numbers: { seq: Number(seq), ack: Number(ack), window: 1000 } };
    const tcp = { syn: flag('S'), ack: flag('A'), rst: flag('R'), fin: flag('F'), ...numbers };
    const [from, packet] = way === '>' ? [client.scope, { ...there, tcp }] : [router, { ...back, tcp }];
    const [state = FRESH] = states;
    const { branches } = enumerate((chooser) => send(world, from, packet, state, chooser, at * 10));
    states = branches.map(({ result }) => result.state);
  }
  return states.map(({ connections }) => {
    const [, table] = [...connections].find(([name]) => name.startsWith('A')) ?? assert.fail('the router tracks nothing');
    const shown = new Set([...table.values()].filter(({ original: { tcp } }) => tcp !== null));
    return [...shown]
      .map(({ original, tcp, expires }) => (expires === (segments.length - 1) * 10 ? '' : `${original.sourcePort} ${tcp?.state}`))
      .join(', ');
  });
}

const CLOSED = ['1>S 100', '1<SA 500 101', '1>R 101'];

/** Linux 6.18: behind `snat to 10.2.0.1:4000` the SYN of a lower number was lost, and that of a higher one took the port of the closed connection. */
test('a SYN gets the port of a connection that is over, if it says more than that did (nf_nat_used_tuple_harder)', () => {
  assert.deepEqual(kept([...CLOSED, '2>S 1000']), ['5002 SYN_SENT']);
  assert.deepEqual(kept([...CLOSED, '2>S 50']), ['5001 CLOSE']);
  assert.deepEqual(kept([...CLOSED, '2>S 1000'], '6.4.0'), ['5001 CLOSE'], 'since 6.5');
  assert.deepEqual(kept(['1>S 100', '1<SA 500 101', '2>S 1000']), ['5001 SYN_RECV'], 'it is not over');
  assert.deepEqual(new Set(kept([...CLOSED, '2>S'])), new Set(['5001 CLOSE', '5002 SYN_SENT']), 'its number is not told');
});

/** Read in nf_nat_l4proto_unique_tuple: each of the last 32 tries is one of nf_nat_used_tuple_harder, whatever port the first one begins at. */
test('a port that is drawn of a few may be that of a connection that is over (nf_nat_l4proto_unique_tuple)', () => {
  const two = (last: string, kernel?: string) => new Set(kept([...CLOSED, last], kernel, '4000-4001'));
  const [beside, instead] = ['5001 CLOSE, 5002 SYN_SENT', '5002 SYN_SENT'];
  assert.deepEqual(two('2>S 1000'), new Set([instead, beside]));
  assert.deepEqual(two('2>S 50'), new Set([beside]), 'it says less: the next one is free');
  assert.deepEqual(two('2>S 1000', '6.4.0'), new Set([beside]));
  assert.deepEqual(new Set(kept([...CLOSED, '2>S 1000'], undefined, '4000-4040')), new Set([beside]), 'so many are not all in use');
});
