import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import type { Socket } from '#facts/socket/socket';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { type ChoicePoint, forced } from '#sim/clock/choice';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { cluster } from '#testing/world-builder';
import { exchange } from '../../exchange.ts';
import { send } from '../../send.ts';
import { FRESH } from '../../state.ts';
import { packetOf } from '../../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const [client, pod] = [healthy.pod('B'), healthy.pod('A')];
const ruled = healthy.rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -p tcp -j TPROXY --on-port 7777', 0);

const rest = {
  protocol: 'tcp',
  family: 4,
  v6Only: undefined,
  recvQ: 0,
  sendQ: 128,
  timer: null,
  process: null,
  inode: 7,
  uid: 0,
  tcp: null,
} as const;
const listening = (port: number): Socket => ({
  ...rest,
  state: 'LISTEN',
  local: { address: ip`0.0.0.0`, port, dev: null },
  remote: null,
  origin: { file: 'nodes/A/ss', line: 1 },
});
const connected: Socket = {
  ...listening(80),
  state: 'ESTAB',
  local: { address: pod.address, port: 80, dev: null },
  remote: { address: client.address, port: 40_001 },
};

/** What becomes of a SYN, or of an acknowledgement out of nowhere, where these sockets are. */
function ends(kind: 'syn' | 'ack', ...sockets: readonly Socket[]): string {
  const built = sockets.reduce((now, one) => now.put('socket', scope, one), ruled);
  const world = worldOf(built.facts);
  const flow = { from: client.scope, to: pod.address, protocol: 'tcp', port: 80, sport: 40_001 } as const;
  const packet = { ...packetOf(world, flow), tcp: { syn: kind === 'syn', ack: kind === 'ack', rst: false, fin: false } };
  return send(world, client.scope, packet, FRESH, forced(new Map()), 0).disposition;
}

test('what neither a connection nor a listener takes is dropped (tproxy_tg4)', () => {
  assert.deepEqual([ends('syn'), ends('ack')], ['dropped', 'dropped']);
});

test('whether a socket that is there is transparent is not known where no tool told', () => {
  assert.deepEqual([ends('syn', listening(7777)), ends('ack', listening(7777))], ['unknown', 'unknown']);
  assert.equal(ends('ack', connected), 'unknown');
});

/** Seed n2, scene filter:n2.99+talk: an acknowledgement to port 80, where whoever listens is not transparent. */
test('what only sockets that are not transparent would take is dropped (nf_tproxy_sk_is_transparent)', () => {
  const opaque = (socket: Socket): Socket => ({ ...socket, transparent: false });
  assert.deepEqual([ends('syn', opaque(listening(7777))), ends('ack', opaque(listening(7777)))], ['dropped', 'dropped']);
  assert.equal(ends('ack', opaque(connected)), 'dropped', 'its connection counts, whoever listens');
  assert.equal(ends('ack', opaque(connected), transparent(listening(7777))), 'dropped');
  const both = [opaque(listening(7777)), { ...transparent(listening(7777)), inode: 8 }];
  assert.equal(ends('ack', ...both), 'unknown', 'a hash picks one of several');
});

const transparent = (socket: Socket): Socket => ({ ...socket, transparent: true });

/** `ip rule add fwmark 1 lookup 100` and `ip route add local default dev lo table 100`: what a transparent proxy's node has. */
const led = healthy
  .rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -p tcp -j TPROXY --on-port 7777 --tproxy-mark 0x1/0x1', 0)
  .put('rule', scope, { ...PLAIN_RULE, priority: 100, mark: { value: 1, mask: 0xffffffff }, action: { does: 'lookup', table: '100' } })
  .put('route', scope, plainRoute(cidr`0.0.0.0/0`, 'lo', { type: 'local', table: '100' }));

/** Where the walks of a segment and of its answers ended. */
function exchanged(flags: 'syn' | 'ack', built: typeof led): readonly string[] {
  const world = worldOf(built.facts);
  const flow = { from: client.scope, to: pod.address, protocol: 'tcp', port: 80, sport: 40_001 } as const;
  const packet = { ...packetOf(world, flow), tcp: { syn: flags === 'syn', ack: flags === 'ack', rst: false, fin: false } };
  const { branches = [] } = exchange(world, { from: client.scope, packet }, FRESH) ?? {};
  assert.equal(branches.length, 1);
  return (branches[0]?.result.walks ?? []).map(
    ({ disposition, at, packet: { source } }) => `${source} ${disposition} in ${at.node}/${at.netns ?? ''}`,
  );
}

test('a transparent socket takes what a mark leads to its namespace, whatever its address, and answers in that one’s name (inet_steal_sock, FLOWI_FLAG_ANYSRC)', () => {
  const proxied = led.put('socket', scope, transparent(listening(7777)));
  const [there, back] = exchanged('syn', proxied);
  assert.match(there ?? '', new RegExp(`^${client.address} delivered in A/`));
  assert.doesNotMatch(there ?? '', /cni/);
  assert.match(back ?? '', new RegExp(`^${pod.address} no listener in B/`));
  assert.match(exchanged('ack', proxied)[1] ?? '', new RegExp(`^${pod.address} no listener in B/`), 'its reset too');
});

test('an answer in a foreign name leaves for a transparent listener alone (ip_route_output_key_hash_rcu, FLOWI_FLAG_ANYSRC)', () => {
  const marked = led
    .drop('iptables', scope, ({ table }) => table === 'mangle')
    .rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -p tcp -j MARK --set-mark 1', 0);
  const answers = (...told: readonly (boolean | undefined)[]): string | undefined =>
    exchanged(
      'syn',
      told.reduce((now, one, at) => now.put('socket', scope, { ...listening(80), inode: at, transparent: one }), marked),
    )[1]?.slice(pod.address.length + 1);
  assert.match(answers(true) ?? '', /^no listener in B/);
  assert.deepEqual([answers(false), answers(undefined)], ['dropped in A/', 'unknown in A/']);
  assert.deepEqual([answers(true, true)?.slice(0, 11), answers(true, false)], ['no listener', 'unknown in A/'], 'several on one port');
  assert.deepEqual([answers()], ['dropped in A/'], 'a reset of nobody');
});

test('of the mark only the bits of the mask are changed, by exclusive or (tproxy_tg4)', () => {
  const marked = (set: string, tproxy: string): readonly string[] =>
    exchanged(
      'syn',
      healthy
        .rule(scope, 'mangle', `-A PREROUTING -i flannel.1 -p tcp -j TPROXY --on-port 7777 --tproxy-mark ${tproxy}`, 0)
        .rule(scope, 'mangle', `-A PREROUTING -i flannel.1 -p tcp -j MARK --set-mark ${set}`, 0)
        .put('rule', scope, {
          ...PLAIN_RULE,
          priority: 100,
          mark: { value: 7, mask: 0xffffffff },
          action: { does: 'lookup', table: '100' },
        })
        .put('route', scope, plainRoute(cidr`0.0.0.0/0`, 'lo', { type: 'local', table: '100' }))
        .put('socket', scope, transparent(listening(7777))),
    ).map((one) => one.split(' ')[1] ?? '');
  assert.deepEqual([marked('6', '0x1/0x1')[0], marked('2', '0x5/0x1')[0]], ['delivered', 'delivered']);
  assert.deepEqual([marked('6', '0x1/0xf')[0], marked('7', '0x1/0x0')[0]], ['dropped', 'dropped']);
});

test('on a bridge it is not modelled', () => {
  const other = cluster({ nodes: 1, podsPerNode: 2 });
  const { scope: own } = other.node('A');
  const built = other
    .rule(own, 'mangle', '-A PREROUTING -p tcp -j TPROXY --on-port 7777', 0)
    .put('socket', own, transparent(listening(7777)));
  const world = worldOf(built.facts);
  const [from, to] = [other.pod('A'), other.pod('A', 1)];
  const packet = packetOf(world, { from: from.scope, to: to.address, protocol: 'tcp', port: 80, sport: 40_001 });
  const { disposition, reason } = send(world, from.scope, packet, FRESH, forced(new Map()), 0);
  assert.equal(disposition, 'unknown');
  assert.match(reason.says, /on a bridge/);
});

test('what has a socket is not forwarded (ip_forward)', () => {
  const unled = ruled.put('socket', scope, transparent(listening(7777)));
  assert.deepEqual(
    exchanged('syn', unled).map((one) => one.split(' ')[1]),
    ['dropped'],
  );
});

test('a listener on one address takes what it is sent to: the first of the device, unless the rule names one (nf_tproxy_laddr4)', () => {
  const on = (address: Socket['local']['address']): Socket => ({
    ...transparent(listening(7777)),
    local: { address, port: 7777, dev: null },
  });
  const first = healthy.node('A').vtepAddress;
  const endsAt = (address: Socket['local']['address']): string =>
    exchanged('syn', led.put('socket', scope, on(address)))[0]?.split(' ')[1] ?? '';
  assert.equal(endsAt(first), 'delivered');
  assert.equal(endsAt(ip`192.0.2.1`), 'dropped');
});

test('which address of the device is the first is not known where they were read only in part', () => {
  const addresses = led.facts.partition('address', scope);
  assert.ok(addresses !== undefined);
  const part = led.replace({ ...addresses, covers: [] });
  const endsAt = (address: Socket['local']['address']): string =>
    exchanged('syn', part.put('socket', scope, { ...transparent(listening(7777)), local: { address, port: 7777, dev: null } }))[0]?.split(
      ' ',
    )[1] ?? '';
  assert.deepEqual([endsAt(healthy.node('A').vtepAddress), endsAt(ip`192.0.2.1`)], ['unknown', 'unknown']);
  assert.equal(endsAt(ip`0.0.0.0`), 'delivered', 'nobody asks which it is where every listener is on all');
});

test('a listener that is not transparent tells nothing where the sockets were read only in part: its connection may be, or one nearer', () => {
  const sockets = ruled.put('socket', scope, { ...listening(7777), transparent: false }).facts.partition('socket', scope);
  assert.ok(sockets !== undefined);
  const disposition = (covers: true | readonly string[]): string => {
    const world = worldOf(ruled.replace({ ...sockets, covers }).facts);
    const packet = packetOf(world, { from: client.scope, to: pod.address, protocol: 'tcp', port: 80, sport: 40_001 });
    return send(world, client.scope, packet, FRESH, forced(new Map()), 0).disposition;
  };
  assert.deepEqual([disposition([]), disposition(true)], ['unknown', 'dropped']);
});

/** What is asked on the way of a SYN where these rules of PREROUTING, the last one first, find transparent listeners on two ports. */
function asked(...rules: readonly string[]): readonly string[] {
  const on = (port: number): Socket => ({ ...transparent(listening(port)), inode: port });
  const built = rules.reduce(
    (now, rule) => now.rule(scope, 'mangle', `-A PREROUTING -i flannel.1 -p tcp ${rule}`, 0),
    healthy.put('socket', scope, on(7777)).put('socket', scope, on(7778)),
  );
  const points: string[] = [];
  const pick = ({ of }: ChoicePoint): number => {
    points.push(of);
    return 0;
  };
  const world = worldOf(built.facts);
  const flow = { from: client.scope, to: pod.address, protocol: 'tcp', port: 80, sport: 40_001 } as const;
  send(world, client.scope, packetOf(world, flow), FRESH, { pick }, 0);
  return points;
}

test('whether a rule that nobody can tell matches is asked where another socket takes the packet then', () => {
  const [untold, to] = ['-m policy --dir in --pol ipsec', '-j TPROXY --on-port'];
  assert.equal(asked(`${to} 7777`, `${untold} ${to} 7777`).length, 0);
  assert.equal(asked(`${to} 7777`, `${untold} ${to} 7778`).length, 1);
});

test('on a bridge whether it takes the packet is not known', () => {
  const bridging = cluster({ nodes: 1, podsPerNode: 2 });
  const node = bridging.node('A').scope;
  const built = bridging
    .rule(node, 'mangle', '-A PREROUTING -p tcp -j TPROXY --on-port 7777', 0)
    .put('socket', node, transparent(listening(7777)));
  const flow = { from: bridging.pod('A', 0).scope, to: bridging.pod('A', 1).address, protocol: 'tcp', port: 80 } as const;
  const world = worldOf(built.facts);
  const { disposition, reason } = send(world, flow.from, packetOf(world, flow), FRESH, forced(new Map()), 0);
  assert.equal(disposition, 'unknown');
  assert.match(reason.gap?.detail ?? '', /the packet is on a bridge/);
});

test('what opens a connection anew that waits for its end is taken by a listener, the rest not (nf_tproxy_handle_time_wait4)', () => {
  const waiting: Socket = { ...connected, state: 'TIME-WAIT', transparent: false };
  const built = led.put('socket', scope, waiting).put('socket', scope, transparent(listening(7777)));
  const first = (flags: 'syn' | 'ack') => exchanged(flags, built)[0]?.split(' ')[1];
  assert.deepEqual([first('syn'), first('ack')], ['delivered', 'dropped']);
});

test('what goes on with a connection that is being opened meets the listener that it was opened at, not the rule’s (tcp_conn_request)', () => {
  const own = healthy.node('A').vtepAddress;
  const later = '-A PREROUTING -i flannel.1 -p tcp -m tcp ! --syn -j TPROXY --on-port 7777';
  const ruled = healthy.rule(scope, 'mangle', later, 0);
  const ends = (isTransparent: boolean): readonly string[] => {
    const sockets: readonly Socket[] = [
      { ...listening(80), transparent: isTransparent },
      { ...listening(7777), inode: 8, transparent: !isTransparent },
    ];
    const world = worldOf(sockets.reduce((now, one) => now.put('socket', scope, one), ruled).facts);
    const flow = { from: client.scope, to: own, protocol: 'tcp', port: 80, sport: 40_001 } as const;
    const syn = packetOf(world, flow);
    const ack = { ...syn, tcp: { syn: false, ack: true, rst: false, fin: false } };
    const opening = send(world, client.scope, syn, FRESH, forced(new Map()), 0);
    return [opening.disposition, send(world, client.scope, ack, opening.state, forced(new Map()), 0).disposition];
  };
  assert.deepEqual(
    [ends(true), ends(false)],
    [
      ['delivered', 'delivered'],
      ['delivered', 'dropped'],
    ],
  );
});
