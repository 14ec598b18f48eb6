import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Conntrack } from '#facts/conntrack/conntrack';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import type { Packet } from '../packet.ts';
import { FRESH, type State } from '../state.ts';
import { packetOf } from '../trace.ts';

const built = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = built.node('A');
const [client, pod] = [built.pod('B'), built.pod('A')];
const request = packetOf(worldOf(built.facts), { from: client.scope, to: pod.address, protocol: 'udp', port: 53, sport: 40_001 });
const answer: Packet = {
  ...request,
  source: request.destination,
  destination: request.source,
  sourcePort: request.destinationPort,
  destinationPort: request.sourcePort,
};

/** A packet without ports. */
const gre = (packet: Packet): Packet => ({ ...packet, protocol: 'gre', sourcePort: 0, destinationPort: 0 });

/** What comes of packets at these times in turn, where the node of the pod drops what is assured. */
function ends(packets: readonly (readonly [seconds: number, Packet])[], before = built): readonly (string | undefined)[] {
  const world = worldOf(before.rule(scope, 'mangle', '-A FORWARD -m conntrack --ctstatus ASSURED -j DROP', 0).facts);
  let state: State = FRESH;
  return packets.map(([seconds, packet]) => {
    const from = packet.source === request.source ? client.scope : pod.scope;
    const [branch] = exchange(world, { from, packet, socket: 'raw' }, state, seconds * 1000)?.branches ?? [];
    assert.ok(branch);
    state = branch.result.state;
    return branch.probability === null ? 'unknown' : branch.result.walks[0]?.disposition;
  });
}

/** Linux 6.18, by `conntrack -L` after each packet of three flows on lo: requests and answers at these times. */
test('a flow of UDP is assured by what comes two seconds after its first packet, once it was answered before (nf_conntrack_udp_packet)', () => {
  const early = ends([
    [0, request],
    [0.1, answer],
    [1.8, request],
    [1.9, answer],
    [2.1, request],
  ]);
  assert.deepEqual(
    early.map((one) => one === 'dropped'),
    [false, false, false, false, true],
  );
  const late = ends([
    [0, request],
    [2.5, request],
    [2.6, answer],
    [2.7, answer],
  ]);
  assert.deepEqual(
    late.map((one) => one === 'dropped'),
    [false, false, false, true],
  );
});

/** Linux 6.18, by the counter of `-A FORWARD -m conntrack ! --ctstatus ASSURED`. */
test('a tunnel of GRE is assured by what comes at once, once it was answered before (nf_conntrack_gre_packet)', () => {
  const [ours, theirs] = [gre(request), gre(answer)];
  const all = ends([ours, ours, theirs, ours].map((packet) => [0, packet]));
  assert.deepEqual(
    all.map((one) => one === 'dropped'),
    [false, false, false, true],
  );
  const answered = ends([ours, theirs, theirs].map((packet) => [0, packet]));
  assert.deepEqual(
    answered.map((one) => one === 'dropped'),
    [false, false, true],
  );
});

test('GRE has its own rules built in since Linux 5.1; before, the module that has them may be loaded or not', () => {
  const on = (kernel: string): typeof built => built.change('host', scope, () => true, { kernel });
  const last = (kernel: string): unknown =>
    ends(
      [request, request, answer, request].map((packet) => [0, gre(packet)]),
      on(kernel),
    ).at(-1);
  assert.deepEqual([last('5.1.0'), last('5.0.21')], ['dropped', 'unknown']);
});

test('when a captured flow began is not told, but that it is older than two seconds by then is', () => {
  const tuple = ({ source, destination, sourcePort, destinationPort }: Packet): Conntrack['original'] => ({
    source,
    destination,
    sourcePort,
    destinationPort,
    icmp: null,
  });
  const entry = {
    protocol: 'udp',
    protocolNumber: 17,
    zone: null,
    original: tuple(request),
    reply: tuple(answer),
    state: null,
    assured: false,
    unreplied: false,
  } as const;
  const captured = built.put('conntrack', scope, { ...entry, timeoutSeconds: 20, mark: 0 });
  assert.deepEqual(ends([[1, request]], captured), ['unknown']);
  assert.deepEqual(ends([[2.1, request]], captured), ['dropped']);
});
