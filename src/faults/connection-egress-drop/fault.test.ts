import type { FactOf } from '#facts/kinds';
import { ip } from '#net/ip';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

type Socket = FactOf<'socket'>;
type Tcp = NonNullable<Socket['tcp']>;

const healthy = cluster({ nodes: 3 });
const [node, peer] = [healthy.node('A'), healthy.node('B')];
const subject = `connection/A/tcp/${node.address}→${peer.address}:6443`;
const OUTPUT = '-A OUTPUT -p tcp -m tcp --sport 41234 -j DROP';
const FIRST_LOOK = 1_763_700_000_000;
const APART_MS = 2000;

/** All that was sent is acknowledged; 300 bytes wait, and the kernel was told that they did not leave. */
const HELD: Tcp = {
  rtoMs: 204,
  backoff: 3,
  rttMs: 0.1,
  unacked: 0,
  lost: 0,
  retransmitting: 0,
  retransmitted: 0,
  cwnd: 10,
  lastSendMs: 400,
  lastReceiveMs: 4000,
  lastAckMs: 4000,
  notSent: 300,
  bytesAcked: 1200,
  segmentsIn: 20,
  segmentsOut: 20,
};

const socketOf = (line: number, timer: Socket['timer'], tcp: Tcp = HELD): Socket => ({
  protocol: 'tcp',
  state: 'ESTAB',
  local: { address: node.address, port: 41234, dev: null },
  remote: { address: peer.address, port: 6443 },
  v6Only: undefined,
  recvQ: 0,
  sendQ: timer == null ? 0 : 300,
  timer,
  process: { name: 'kubelet', pid: 16624 },
  inode: 41234,
  uid: 0,
  tcp,
  origin: { file: 'nodes/A/ss_-tuanpieOH', line },
});

const PERSIST = { kind: 'persist', expiresMs: 1200, retries: 0 } as const;
const later = (socket: Socket, tcp: Partial<Tcp> = {}): Socket => ({
  ...socket,
  origin: { file: 'nodes/A/look-2/ss_-tuanpieOH', line: 2 },
  tcp: { ...HELD, lastAckMs: 4000 + APART_MS, lastReceiveMs: 4000 + APART_MS, ...tcp },
});

/** The connection at two looks. */
function looking(built: BuiltCluster, first: Socket, last: Socket = later(first)): BuiltCluster {
  const partition = built.facts.partition('socket', node.scope);
  if (partition === undefined) throw new Error('a built node without sockets');
  const looks = [
    { look: 1, at: FIRST_LOOK, facts: [first] },
    { look: 2, at: FIRST_LOOK + APART_MS, facts: [last] },
  ];
  return built.having(built.facts.with({ ...partition, facts: [last], looks }));
}

const held = socketOf(2, PERSIST);
const dropping = healthy.rule(node.scope, 'filter', OUTPUT, 0);
const stranger = { ...held, remote: { address: ip`192.0.2.9`, port: 6443 } };

cases(fault, {
  found: [
    { name: 'OUTPUT drops its port, and nothing is in flight', facts: looking(dropping, held).facts, subject },
    {
      name: 'its peer was not captured',
      facts: looking(dropping, stranger).facts,
      subject: `connection/A/tcp/${node.address}→192.0.2.9:6443`,
    },
    {
      name: 'something was in flight when the rule came',
      facts: looking(
        dropping,
        socketOf(2, { kind: 'on', expiresMs: 100, retries: 0 }, { ...HELD, unacked: 1 }),
        later(socketOf(2, { kind: 'on', expiresMs: 100, retries: 0 }), { unacked: 1, backoff: 0 }),
      ).facts,
      subject,
    },
  ],
  absent: [
    { name: 'nobody waits', facts: looking(dropping, socketOf(2, null)).facts },
    { name: 'no rule means it: the peer takes no more', facts: looking(healthy, held).facts },
    { name: 'it is acknowledged between the looks', facts: looking(dropping, held, later(held, { bytesAcked: 1500 })).facts },
    {
      name: 'the rule kills everything: a matter of the machine',
      facts: looking(healthy.rule(node.scope, 'filter', '-A OUTPUT -j DROP', 0), held).facts,
    },
  ],
  unknown: [{ name: 'its rules were not read', facts: looking(dropping, held).without('iptables', node.scope).facts, subject }],
});
