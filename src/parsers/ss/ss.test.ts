import assert from 'node:assert/strict';
import test from 'node:test';
import type { Format } from '#parsers/format';
import { factsOf, parseText, recorded, withoutOrigin } from '#testing/parse-text';
import netstat from '../netstat/netstat.ts';
import procSockets from '../proc-sockets/proc-sockets.ts';
import type { Socket } from '../sockets.ts';
import ss, { timerMs } from './ss.ts';

const sockets = (format: Format, name: string, argv: readonly string[] = []) => {
  const parsed = parseText(format, recorded(name), { argv });
  assert.deepEqual(parsed.problems, [], name);
  return factsOf(parsed, 'socket');
};

const endsOf = (one: Socket): string => JSON.stringify([one.protocol, one.local.address, one.local.port, one.remote]);
const ANY_TIME = new Set(['origin', 'timer']); // the tools ran one after the other

const withoutAges = (info: NonNullable<Socket['tcp']>) => ({ ...info, lastSendMs: 0, lastReceiveMs: 0, lastAckMs: 0 });

/** Every field that both forms tell must be equal. */
function agree(ours: readonly Socket[], theirs: readonly Socket[]): void {
  assert.ok(theirs.length > 0);
  for (const other of theirs) {
    const own = ours.find((one) => endsOf(one) === endsOf(other));
    assert.ok(own, `${endsOf(other)} in ${ours.map(endsOf).join()}`);
    for (const [name, value] of Object.entries(other)) {
      const mine: unknown = own[name as keyof Socket];
      if (name === 'local') assert.equal((value as Socket['local']).dev ?? own.local.dev, own.local.dev);
      else if (name === 'tcp' && other.tcp && own.tcp) assert.deepEqual(withoutAges(other.tcp), withoutAges(own.tcp));
      else if (!ANY_TIME.has(name) && value !== undefined && mine !== undefined) assert.deepEqual(value, mine, `${name} of ${endsOf(own)}`);
    }
    if (other.timer && own.timer) {
      assert.equal(other.timer.kind, own.timer.kind);
      assert.equal(other.timer.retries, own.timer.retries);
      assert.ok(Math.abs((other.timer.expiresMs ?? 0) - (own.timer.expiresMs ?? 0)) < 2000);
    } else if (other.timer !== undefined && own.timer !== undefined) assert.equal(other.timer, own.timer);
  }
}

test('every form of ss, netstat and /proc/net/tcp agree on a client', () => {
  const full = sockets(ss, 'ss-H');
  assert.equal(full.length, 4);
  for (const name of ['ss-tanpieo', 'ss-O', 'ss-tuanp', 'ss-an', 'ss-ant']) agree(full, sockets(ss, name));
  agree(full, sockets(ss, 'ss-anu', ['ss', '-anu']));
  for (const name of ['netstat-antp', 'netstat-antpo', 'netstat-anup']) agree(full, sockets(netstat, name));
  for (const name of ['proc-tcp', 'proc-udp']) agree(full, sockets(procSockets, name));
});

test('every form agrees on a server with IPv6 listeners', () => {
  const full = sockets(ss, 'ss-server');
  agree(full, sockets(ss, 'ss-server-l'));
  for (const name of ['netstat-server', 'netstat-server-u']) agree(full, sockets(netstat, name));
  for (const name of ['tcp', 'tcp6', 'udp', 'udp6']) agree(full, sockets(procSockets, `proc-server-${name}`));
  const dual = full.find(({ state, local }) => state === 'LISTEN' && local.port === 8080);
  assert.equal(dual?.local.address, '::');
  assert.equal(dual?.v6Only, false);
  assert.equal(full.find(({ local }) => local.port === 5354)?.v6Only, true);
  assert.equal(full.find(({ remote }) => remote?.port === 51180)?.local.address, '10.9.0.1');
});

test('what ss -i leaves out because it is 0 reads 0, what no form tells is not told', () => {
  const full = sockets(ss, 'ss-H');
  const stuck = full.find(({ remote }) => remote?.port === 8081);
  assert.equal(stuck?.sendQ, 571960);
  assert.equal(stuck?.timer?.kind, 'persist');
  assert.equal(stuck?.tcp?.backoff, 5);
  assert.equal(stuck?.tcp?.retransmitted, 1);
  assert.equal(stuck?.tcp?.notSent, 571960);
  assert.equal(stuck?.tcp?.unacked, 0);
  const [first] = sockets(netstat, 'netstat-antp');
  assert.equal(first?.tcp, undefined);
  assert.equal(first?.timer, undefined);
  assert.equal(first?.inode, undefined);
});

test('the timers of ss are milliseconds', () => {
  const cases = { '51sec': 51_000, '1min59sec': 119_000, '5.096ms': 5096, '040ms': 40, '1min': 60_000, '119min': 7_140_000, '': 0 };
  for (const [text, ms] of Object.entries(cases)) assert.equal(timerMs(text), ms, text);
  assert.equal(timerMs('soon'), null);
});

test('the listing of CentOS 7 is read with its own wildcards', () => {
  // iproute2 3.10 of CentOS 7, form from public reports
  const text = `State      Recv-Q Send-Q Local Address:Port               Peer Address:Port
LISTEN     0      128          *:22                       *:*                   users:(("sshd",pid=1024,fd=3))
LISTEN     0      128         :::22                      :::*                   users:(("sshd",1024,4))
ESTAB      0      928    10.162.1.26:63876              10.132.106.115:6443     users:(("kubelet",pid=23665,fd=5)) timer:(on,1.234ms,3)
`;
  const facts = factsOf(parseText(ss, text), 'socket').map(withoutOrigin);
  assert.deepEqual(
    facts.map(({ family, process }) => [family, process?.pid]),
    [
      [4, 1024],
      [6, 1024],
      [4, 23665],
    ],
  );
  assert.deepEqual(facts[2]?.timer, { kind: 'on', expiresMs: 1234, retries: 3 });
  assert.equal(facts[0]?.inode, undefined);
});

test('the netstat of CentOS 7 in a public report is read', () => {
  // net-tools 2.0 of CentOS 7, lines as published with an incident (two lines after a grep)
  const text = `tcp        0    928 10.162.1.26:63876       10.132.106.115:6443     ESTABLISHED 23665/./kubelet
tcp6       0      0 :::10250                :::*                    LISTEN      23665/./kubelet
`;
  const [kubelet, listener] = factsOf(parseText(netstat, text), 'socket');
  assert.deepEqual(kubelet?.process, { name: 'kubelet', pid: 23665 });
  assert.equal(kubelet?.sendQ, 928);
  assert.equal(listener?.sendQ, undefined);
  assert.equal(listener?.local.address, '::');
});

test('what netstat says of families that it cannot list is no socket, and no problem', () => {
  // hand-made, form of net-tools on CoreOS (kubernetes#11114)
  const text = `Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 127.0.0.1:10248         0.0.0.0:*               LISTEN      -
netstat: no support for \`AF IPX' on this system.
`;
  const parsed = parseText(netstat, text);
  assert.deepEqual([factsOf(parsed, 'socket').length, parsed.problems], [1, []]);
});

test('a listing of one state takes it from the command', () => {
  const text =
    'Recv-Q Send-Q  Local Address:Port  Peer Address:PortProcess\n0      18         10.244.1.1:54284  10.244.1.12:8080 timer:(on,12sec,7)\n\t ts rto:26112 backoff:7 rtt:0.2/0.1 cwnd:1 unacked:1\n';
  const [socket] = factsOf(parseText(ss, text, { argv: ['ss', '-tanoi', 'state', 'established'] }), 'socket');
  assert.deepEqual([socket?.state, socket?.timer?.retries, socket?.tcp?.rtoMs], ['ESTAB', 7, 26112]);
  assert.equal(parseText(ss, text).problems.length, 1);
});

test('SCTP is listed with its associations, which stand below who listens', () => {
  // recorded: ss -tuanieSOH, iproute2 6.1.0, Linux 6.1, its ends of lines shortened
  const text = `sctp LISTEN    1      7         127.0.0.1:9999    0.0.0.0:*     ino:1135 sk:2 cgroup:unreachable:1 <-> locals:0.0.0.0 v4mapped:1
     \`- (null) 1      7         127.0.0.1:9999    0.0.0.0:*     ino:1135 sk:2 cgroup:unreachable:1 <-> locals:0.0.0.0 v4mapped:1
     \`- ESTAB  0      0      127.0.0.1%lo:9999  127.0.0.1:49417 ino:1135 sk:2 cgroup:unreachable:1 <-> locals:127.0.0.1 peers:127.0.0.1
sctp LISTEN    0      7                 *:9998          *:*     ino:1154 sk:4 cgroup:unreachable:1 v6only:0 <-> locals::: v4mapped:1
`;
  const { problems, readings } = parseText(ss, text, { argv: ['ss', '-tuanieSOH'] });
  assert.deepEqual(problems, []);
  assert.equal(readings[0]?.covers, true);
  assert.deepEqual(
    factsOf({ problems, readings }, 'socket').map(({ protocol, state, local }) => [protocol, state, local.address, local.port]),
    [
      ['sctp', 'LISTEN', '0.0.0.0', 9999],
      ['sctp', '(null)', '127.0.0.1', 9999],
      ['sctp', 'ESTAB', '127.0.0.1', 9999],
      ['sctp', 'LISTEN', '::', 9998],
    ],
  );
});

test('whether the sockets of SCTP are all there is told by a listing of everything that was asked for them', () => {
  const listed = (...argv: string[]) => factsOf(parseText(ss, 'udp UNCONN 0 0 0.0.0.0:53 0.0.0.0:*\n', { argv }), 'listed-protocol');
  assert.deepEqual(
    listed('ss', '-tuanieSOH', '--inet-sockopt').map(({ protocol }) => protocol),
    ['sctp'],
  );
  assert.equal(listed('ss', '-tuanieOH').length, 0);
  assert.equal(listed('ss', '-tuanS4').length, 0, 'of one family');
  assert.equal(listed('ss', '-nS').length, 0, 'not all states');
});

test('whether a socket is transparent is told with --inet-sockopt, its mark to root, who sees that of others too', () => {
  const all = sockets(ss, 'ss-sockopt');
  assert.deepEqual(
    all.map(({ transparent, mark }) => [transparent, mark]),
    [
      [true, 7],
      [true, 0],
      [true, 7],
      [false, 0],
    ],
  );
  for (const { transparent, mark } of sockets(ss, 'ss-H')) assert.deepEqual([transparent, mark], [undefined, undefined]);
});

test('a listing of one family, of some ports or of one kind of state is a part', () => {
  const head = 'State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n';
  const [listens, talks] = ['LISTEN 0 511 0.0.0.0:8080 0.0.0.0:*\n', 'ESTAB 0 0 192.0.2.1:22 192.0.2.9:50022\n'];
  const covers = (rows: string, command = '') => {
    const parsed = parseText(ss, `${head}${rows}`, { argv: command.split(' ').filter((word) => word !== '') });
    return parsed.readings[0]?.covers;
  };
  for (const command of ['ss -4tan', 'ss -tan -6', 'ss -tan sport = :8080', 'ip netns exec a ss -tan --ipv4'])
    assert.deepEqual(covers(listens + talks, command), [], command);
  assert.deepEqual(covers(listens + talks, 'ip netns exec a ss -tan'), ['tcp']);
  assert.deepEqual(covers(talks), [], '`ss -t` shows nobody who listens');
  assert.deepEqual(covers(listens), [], '`ss -lt` shows no connection');
});
