import assert from 'node:assert/strict';
import test from 'node:test';
import { cluster } from '#testing/world-builder';
import { UsageError } from '../command.ts';
import { Conversations } from './conversation.ts';
import { Fields, sentOf } from './packet-line.ts';

const built = cluster();
const opened = {
  facts: built.facts,
  snapshot: {
    index: { format: 'leadline-snapshot', version: 1, tool: { name: 'leadline', version: '0' }, clocks: [], entries: [], gaps: [] },
    text: () => '',
  },
} as const;
const [client, server] = [built.pod('A'), built.pod('B')];
const from = `${client.scope.node}/${client.scope.netns}`;
const packet = { source: client.address, destination: server.address, protocol: 'udp', sport: 20000, dport: 9 };

type Answer = {
  readonly complete: boolean;
  readonly outcomes: readonly {
    readonly probability: number | null;
    readonly walks: readonly {
      readonly disposition: string;
      readonly code: string;
      readonly packet: { readonly icmp?: { readonly type: number; readonly code: number } };
      readonly received: { readonly ttl: number };
      readonly after?: number;
    }[];
    readonly connections: readonly { readonly original: { readonly sport: number } }[];
  }[];
};
const ask = (conversations: Conversations, line: object): Answer => JSON.parse(JSON.stringify(conversations.answer(line)));

test('a packet is followed by what the stacks answer by themselves', () => {
  const { outcomes, complete } = ask(new Conversations(opened), { id: 1, from, packet });
  assert.equal(complete, true);
  assert.deepEqual(
    outcomes.map(({ probability, walks }) => [probability, walks.map(({ disposition }) => disposition)]),
    [[1, ['no listener', 'delivered']]],
  );
  assert.equal(outcomes[0]?.walks[0]?.received.ttl, 62);
});

test('a packet of a protocol without ports is told as one, and nobody takes it (ip_protocol_deliver_rcu)', () => {
  for (const protocol of ['esp', 'ah', 'gre', 'ipip', 'ipv6']) {
    const bare = { source: client.address, destination: server.address, protocol };
    const { outcomes } = ask(new Conversations(opened), { id: 1, from, packet: bare });
    const [there, back] = outcomes[0]?.walks ?? [];
    assert.deepEqual([there?.code, back?.packet.icmp?.type, back?.packet.icmp?.code], ['IP_NOPROTO', 3, 2], protocol);
  }
});

test('a packet continues what an earlier one left behind, and says so where there was none', () => {
  const conversations = new Conversations(opened);
  ask(conversations, { id: 'a', from, packet });
  const back = { ...packet, source: packet.destination, destination: packet.source, sport: 9, dport: 20000 };
  const home = `${server.scope.node}/${server.scope.netns}`;
  assert.equal(ask(conversations, { id: 'b', from: home, packet: back, after: { id: 'a', outcome: 0 } }).outcomes.length, 1);
  assert.throws(() => conversations.answer({ id: 'c', from, packet, after: 'nobody' }), UsageError);
});

test('what decided is cited where that is asked for', () => {
  const cited = (cites: boolean) => JSON.stringify(new Conversations(opened).answer({ id: 1, from, packet, cites })).includes('"cites":["');
  assert.deepEqual([cited(true), cited(false)], [true, false]);
});

test('asked for, only what the packet changed is told of the connections', () => {
  const conversations = new Conversations(opened);
  const ports = (line: object) => {
    const { outcomes } = ask(conversations, { from, packet, changes: true, ...line });
    return outcomes.flatMap(({ connections }) => connections.map(({ original }) => original.sport));
  };
  assert.ok(ports({ id: 'a' }).includes(packet.sport));
  const later = ports({ id: 'b', after: 'a', packet: { ...packet, sport: 20001 } });
  assert.deepEqual([later.includes(20001), later.includes(packet.sport)], [true, false]);
});

test('a captured connection that a packet ended is told as gone', () => {
  const [{ scope, address: source }, { address: destination }] = [built.node('A'), built.node('B')];
  const captured = built.put('conntrack', scope, {
    protocol: 'tcp',
    protocolNumber: 6,
    timeoutSeconds: 100,
    state: 'SYN_SENT',
    original: { source, destination, sourcePort: 20000, destinationPort: 9, icmp: null },
    reply: { source: destination, destination: source, sourcePort: 9, destinationPort: 20000, icmp: null },
    unreplied: true,
    assured: false,
    mark: 0,
    zone: null,
  });
  const conversations = new Conversations({ ...opened, facts: captured.facts });
  const sent = { ...packet, source, destination, protocol: 'tcp' };
  const said = (sport: number) => JSON.stringify(conversations.answer({ id: sport, from: 'A', packet: { ...sent, sport, flags: 'R' } }));
  assert.match(said(20000), /"gone":\[\{"namespace":"","original":\{"source":"[^"]+","destination":"[^"]+","protocol":"tcp","sport":20000/);
  assert.doesNotMatch(said(20001), /"gone"/);
});

test('lines instead of those of the capture must be lines of it', () => {
  const asked = () => new Conversations(opened).answer({ id: 1, from, packet, instead: { 'nodes/A/sysctl': { 1: 'x' } } });
  assert.throws(asked, /nodes\/A\/sysctl is not in the capture/);
});

test("a segment's numbers are told whole or not at all", () => {
  const numbers = { seq: 4294967295, ack: 7, window: 500 };
  const read = (change: object) =>
    sentOf(new Fields({ from, packet: { ...packet, protocol: 'tcp', flags: 'PA', ...change } }, 'the line'), built.facts);
  assert.deepEqual(read({ numbers }).packet.tcp?.numbers, numbers);
  assert.equal(read({}).packet.tcp?.numbers, undefined);
  assert.throws(() => read({ numbers: { seq: 1, ack: 2 } }), /numbers: window is no whole number from 0 to 65535/);
  assert.throws(() => read({ numbers: { ...numbers, seq: 2 ** 32 } }), /numbers: seq is no whole number/);
  assert.deepEqual([read({ mss: 1460 }).packet.tcp?.mss, read({}).packet.tcp?.mss], [1460, undefined]);
  assert.throws(() => read({ mss: 65536 }), /packet: mss is no whole number/);
});

test('what is no packet is a usage error that names the field', () => {
  const read = (change: object) => () => sentOf(new Fields({ from, packet: { ...packet, ...change } }, 'the line'), built.facts);
  assert.throws(read({ source: '10.0.0' }), /source is no address/);
  assert.throws(read({ protocol: 'dccp' }), /protocol is none of/);
  const six = { source: 'fd00::1', destination: 'fd00::2' };
  assert.throws(read({ protocol: 'ah', ...six }), /ah, which carries another one/);
  assert.throws(read({ dport: 70000 }), /dport is no whole number/);
  assert.throws(read({ protocol: 'tcp', flags: 'SX' }), /flags are letters of SARFPU, not X/);
  assert.throws(() => new Fields([], 'the line'), /the line is no object/);
});
