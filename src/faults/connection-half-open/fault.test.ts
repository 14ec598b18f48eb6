import type { FactOf } from '#facts/kinds';
import { ip, type Ip } from '#net/ip';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

type Socket = FactOf<'socket'>;
type Tcp = NonNullable<Socket['tcp']>;

const healthy = cluster({ nodes: 3 });
const node = healthy.node('A');
const vip = ip`192.168.1.3`;
const subject = `connection/A/tcp/${node.address}→${vip}:6443`;
const FIRST_LOOK = 1_763_700_000_000;
const APART_MS = 2000;

const IDLE: Tcp = {
  rtoMs: 204,
  backoff: 0,
  rttMs: 0.1,
  unacked: 0,
  lost: 0,
  retransmitting: 0,
  retransmitted: 0,
  cwnd: 10,
  lastSendMs: 6000,
  lastReceiveMs: 6000,
  lastAckMs: 6000,
  notSent: 0,
  bytesAcked: 1,
  segmentsIn: 20,
  segmentsOut: 20,
};
/** Five timeouts in a row, the last one 1.5 s ago, 7.9 s without an acknowledgement. */
const SILENT: Tcp = {
  ...IDLE,
  rtoMs: 6528,
  backoff: 5,
  unacked: 1,
  lost: 1,
  retransmitted: 6,
  lastSendMs: 1500,
  lastAckMs: 7900,
  notSent: 270,
};

function socketOf(line: number, port: number, tcp: Tcp, timer: Socket['timer'], remote: Ip = vip): Socket {
  return {
    protocol: 'tcp',
    state: 'ESTAB',
    local: { address: node.address, port, dev: null },
    remote: { address: remote, port: 6443 },
    v6Only: undefined,
    recvQ: 0,
    sendQ: timer == null ? 0 : 300,
    timer,
    process: { name: port === 41234 ? 'kubelet' : 'telnet', pid: port },
    inode: port,
    uid: 0,
    tcp,
    origin: { file: 'nodes/A/ss_-tuanpieOH', line },
  };
}

/** The same sockets at the second look: all times have grown. */
const later = (socket: Socket): Socket => ({
  ...socket,
  origin: { file: 'nodes/A/look-2/ss_-tuanpieOH', line: socket.origin.line ?? 1 },
  timer: socket.timer == null ? null : { ...socket.timer, expiresMs: (socket.timer.expiresMs ?? 0) - APART_MS },
  tcp: socket.tcp == null ? null : grown(socket.tcp),
});
const grown = (tcp: Tcp): Tcp => ({
  ...tcp,
  lastSendMs: (tcp.lastSendMs ?? 0) + APART_MS,
  lastReceiveMs: (tcp.lastReceiveMs ?? 0) + APART_MS,
  lastAckMs: (tcp.lastAckMs ?? 0) + APART_MS,
});

function looking(first: readonly Socket[], last: readonly Socket[] = first.map(later)): BuiltCluster {
  const partition = healthy.facts.partition('socket', node.scope);
  if (partition === undefined) throw new Error('a built node without sockets');
  const looks = [
    { look: 1, at: FIRST_LOOK, facts: first },
    { look: 2, at: FIRST_LOOK + APART_MS, facts: last },
  ];
  return healthy.having(healthy.facts.with({ ...partition, facts: last, looks }));
}

const ON = { kind: 'on', expiresMs: 5028, retries: 5 } as const;
const dead = socketOf(2, 41234, SILENT, ON);
const witness = socketOf(3, 41300, IDLE, null);

cases(fault, {
  found: [
    { name: 'five timeouts in a row, and telnet to the same address works', facts: looking([dead, witness]).facts, subject },
    {
      name: 'it was retransmitted between the looks',
      facts: looking(
        [dead, witness],
        [{ ...later(dead), tcp: { ...grown(SILENT), backoff: 6, rtoMs: 13_056, retransmitted: 7, lastSendMs: 400 } }, later(witness)],
      ).facts,
      subject,
    },
  ],
  absent: [
    { name: 'no connection waits', facts: looking([witness]).facts },
    {
      name: 'an acknowledgement came between the looks',
      facts: looking([dead, witness], [{ ...later(dead), tcp: { ...SILENT, lastAckMs: 300, bytesAcked: 900 } }, later(witness)]).facts,
      subject,
    },
    {
      name: 'nothing is in flight: a closed window, or a rule of the node itself',
      facts: looking([
        socketOf(2, 41234, { ...SILENT, unacked: 0, notSent: 300 }, { kind: 'persist', expiresMs: 3000, retries: 0 }),
        witness,
      ]).facts,
      subject,
    },
  ],
  unknown: [
    { name: 'nobody else talks to the peer', facts: looking([dead]).facts, subject },
    {
      name: 'the path may have healed a moment ago: no packet has left since the other one was answered',
      facts: looking([dead, socketOf(3, 41300, { ...IDLE, lastAckMs: 700, lastSendMs: 700 }, null)]).facts,
      subject,
    },
    {
      name: 'the path loses packets anyway',
      facts: looking([socketOf(2, 41234, { ...SILENT, retransmitted: 40, segmentsOut: 200 }, ON), witness]).facts,
      subject,
    },
    { name: 'too early to tell', facts: looking([socketOf(2, 41234, { ...SILENT, backoff: 2, rtoMs: 816 }, ON), witness]).facts, subject },
  ],
});
