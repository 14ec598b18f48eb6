import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { IpvsMatch, IpvsServer, IpvsService } from '#facts/ipvs-service/ipvs-service';
import { ip } from '#net/ip';
import type { Sent } from '../exchange.ts';
import { asked, balanced, client, D, far, fromClient, LED_FAR, near, PORT, sent, server, VIRTUAL } from '#testing/balanced-world';
import type { BuiltCluster } from '#testing/world-builder';
import type { Packet, SctpChunkType } from '../packet.ts';
import { keptServer } from './connection.ts';

test('connections are shared out by weight, and nothing new goes to a server of weight 0', () => {
  const { branches } = sent(balanced([server(near.address, 3), server(far.address, 1), server(client.address, 0)]), fromClient);
  assert.deepEqual(
    branches.map(({ result, probability }) => [result.walks[0]?.received.destination, probability]),
    [
      [near.address, 0.75],
      [far.address, 0.25],
    ],
  );
});

test('a connection keeps its server, and its answers come from the virtual one', () => {
  const built = balanced([server(near.address), server(far.address)]);
  for (const { result } of sent(built, fromClient).branches) {
    const chosen = result.walks[0]?.received.destination;
    const again = sent(built, fromClient, result.state).branches;
    assert.deepEqual(
      again.map((branch) => branch.result.walks[0]?.received.destination),
      [chosen],
    );
    const home = chosen === near.address ? near : far;
    const answer = { ...asked, source: home.address, destination: client.address, sourcePort: PORT, destinationPort: 40_001 };
    const [back] = sent(built, { from: home.scope, packet: answer }, result.state).branches;
    assert.equal(back?.result.walks[0]?.received.source, VIRTUAL);
  }
});

test('without any server for it the client is told that the port cannot be reached', () => {
  const [only] = sent(balanced([server(near.address, 0)]), fromClient).branches;
  assert.equal(only?.result.walks[0]?.disposition, 'rejected');
  assert.equal(only?.result.walks[1]?.packet.icmp?.code, 3);
});

test('a UDP connection outlives its server: it is dropped, or with expire_nodest_conn scheduled anew', () => {
  const stale = (built: BuiltCluster): BuiltCluster =>
    built.put('ipvs-connection', D.scope, {
      protocol: 'udp',
      client: client.address,
      clientPort: 40_001,
      virtual: VIRTUAL,
      virtualPort: PORT,
      server: far.address,
      serverPort: PORT,
      state: 'UDP',
      expiresSeconds: 250,
    });
  const [kept] = sent(stale(balanced([server(near.address)])), fromClient).branches;
  assert.equal(kept?.result.walks[0]?.disposition, 'dropped');
  assert.match(kept?.result.walks[0]?.reason.says ?? '', /no longer has/);
  const [anew] = sent(stale(balanced([server(near.address)], { 'net.ipv4.vs.expire_nodest_conn': '1' })), fromClient).branches;
  assert.equal(anew?.result.walks[0]?.received.destination, near.address);
});

test('a scheduler that is not modelled gives no probability', () => {
  const built = balanced([server(near.address), server(far.address)]);
  const seen = built.facts.seen('ipvs-service', D.scope);
  assert.ok(seen.is === 'seen' && seen.value[0] !== undefined);
  const other = built.put('ipvs-service', D.scope, { ...seen.value[0], scheduler: 'lblc' });
  assert.deepEqual(
    sent(other, fromClient).branches.map(({ probability }) => probability),
    [null, null],
  );
});

test('the fewest connections decide as they were counted, among equals and where they were not read the share does (ip_vs_lc_schedule, ip_vs_wlc_schedule)', () => {
  const shares = (scheduler: string, one: Partial<IpvsServer>, other: Partial<IpvsServer>) => {
    const built = balanced([
      { ...server(near.address), ...one },
      { ...server(far.address), ...other },
    ]).change('ipvs-service', D.scope, () => true, { scheduler });
    return sent(built, fromClient).branches.map(({ result, probability }) => [
      result.walks[0]?.received.destination === near.address ? 'near' : 'far',
      probability,
    ]);
  };
  const even = [
    ['near', 0.5],
    ['far', 0.5],
  ];
  const [onlyNear, onlyFar] = [[['near', 1]], [['far', 1]]];
  assert.deepEqual(shares('lc', { active: 2 }, { active: 1, inactive: 255 }), onlyFar);
  assert.deepEqual(shares('lc', { active: 1 }, { inactive: 256 }), even);
  assert.deepEqual(shares('lc', { active: 2 }, { active: undefined }), even);
  assert.deepEqual(shares('wlc', { active: 5, weight: 3 }, { active: 2 }), onlyNear);
  assert.deepEqual(shares('wlc', { active: 6, weight: 3 }, { active: 2 }), [
    ['near', 0.75],
    ['far', 0.25],
  ]);
  const again = { ...fromClient, packet: { ...asked, sourcePort: 40_002 } };
  const built = balanced([{ ...server(near.address), active: 2 }, server(far.address)]).change('ipvs-service', D.scope, () => true, {
    scheduler: 'lc',
  });
  const after = sent(built, fromClient).branches[0]?.result.state;
  assert.ok(after !== undefined);
  assert.equal(sent(built, again, after).branches.length, 2, 'connections made since are not in the counts');
});

test('a server that gets packets as they are is sent them at its own station (ip_vs_dr_xmit)', () => {
  const [only] = sent(balanced([{ ...server(near.address), forward: 'route' }]), fromClient).branches;
  const walk = only?.result.walks[0];
  assert.equal(walk?.received.destination, VIRTUAL);
  assert.equal(walk?.received.ttl, 63);
  assert.equal(walk?.at.netns, near.scope.netns);
});

test('a server behind a tunnel gets packets wrapped for it (ip_vs_tunnel_xmit)', () => {
  const [only] = sent(balanced([{ ...server(far.address), forward: 'tunnel' }]), fromClient).branches;
  const walk = only?.result.walks[0];
  assert.equal(walk?.at.netns, far.scope.netns);
  assert.equal(walk?.outer?.destination, far.address);
  assert.equal(walk?.received.destination, VIRTUAL);
});

/** Linux 6.12, scene ipvs:wc3.4+aim@2*370: a SYN-ACK, which opens a connection of IPVS and none of conntrack. */
test('what conntrack takes for INVALID is so still behind IPVS, and what has a connection is untracked (ip_vs_notrack)', () => {
  const drops = (state: string, flags: Partial<NonNullable<Packet['tcp']>>, kernel = '6.12.1'): boolean => {
    const built = balanced([server(far.address)], {}, 'tcp')
      .rule(D.scope, 'filter', `-A OUTPUT -p tcp -m conntrack --ctstate ${state} -j DROP`, 0)
      .change('host', D.scope, () => true, { kernel });
    const packet: Packet = { ...asked, protocol: 'tcp', tcp: { syn: true, ack: false, rst: false, fin: false, ...flags } };
    return sent(built, { from: client.scope, packet }).branches[0]?.result.walks[0]?.reason.says.startsWith('OUTPUT: DROP') === true;
  };
  assert.deepEqual([drops('INVALID', { ack: true }), drops('UNTRACKED', { ack: true })], [true, false]);
  assert.deepEqual([drops('INVALID', {}), drops('UNTRACKED', {})], [false, true]);
  assert.deepEqual([drops('INVALID', { ack: true }, '3.10.0'), drops('UNTRACKED', { ack: true }, '3.10.0')], [false, true]);
});

test('an error of a server is told to the client as one about the virtual server, and the other way round (ip_vs_nat_icmp)', () => {
  const built = balanced([server(far.address)], { 'net.ipv4.vs.conntrack': '1' });
  const [opened] = sent(built, fromClient).branches;
  assert.ok(opened !== undefined);
  const error = (source: typeof far, destination: Packet['destination'], inner: Packet): Packet => ({
    ...{ source: source.address, destination, protocol: 'icmp', sourcePort: 0, destinationPort: 0, tcp: null },
    ...{ icmp: { type: 3, code: 3, id: 0, inner }, size: 88, df: false, ttl: 64, mark: 0 },
  });
  const request = { ...asked, destination: far.address };
  const [back] = sent(built, { from: far.scope, packet: error(far, client.address, request) }, opened.result.state).branches;
  const told = back?.result.walks[0]?.received;
  assert.deepEqual([told?.source, told?.icmp?.inner?.destination], [VIRTUAL, VIRTUAL]);
  const answer = { ...asked, source: VIRTUAL, sourcePort: PORT, destination: client.address, destinationPort: 40_001 };
  const [there] = sent(built, { from: client.scope, packet: error(client, VIRTUAL, answer) }, opened.result.state).branches;
  const heard = there?.result.walks[0]?.received;
  assert.deepEqual([heard?.destination, heard?.icmp?.inner?.source], [far.address, far.address]);
});

test('a server that gets packets as they are answers as the virtual one, which IPVS leaves alone (handle_response)', () => {
  const built = balanced([{ ...server(near.address), forward: 'route' }]).put('ipvs-connection', D.scope, {
    ...{ protocol: 'udp', client: far.address, clientPort: 40_001, virtual: VIRTUAL, virtualPort: PORT },
    ...{ server: near.address, serverPort: PORT, state: 'UDP', expiresSeconds: 100 },
  });
  const answer = { ...asked, source: near.address, destination: far.address, sourcePort: PORT, destinationPort: 40_001 };
  const [own] = sent(built, { from: near.scope, packet: answer }).branches;
  assert.equal(own?.result.walks[0]?.received.source, near.address, 'its own address is nobody that was asked');
});

test('a captured connection that IPVS has is not translated, also where a mark chose its virtual server (ip_vs_update_conntrack)', () => {
  const track = {
    ...{ protocol: 'udp', client: client.address, clientPort: 40_001, virtual: VIRTUAL, virtualPort: PORT },
    ...{ server: far.address, serverPort: PORT, state: 'UDP', expiresSeconds: 100 },
  };
  const built = balanced([], { 'net.ipv4.vs.conntrack': '1' })
    .change('ipvs-service', D.scope, () => true, { match: { by: 'mark', mark: 1, family: 4 }, servers: [server(far.address)] })
    .put('ipvs-connection', D.scope, track)
    .put('conntrack', D.scope, LED_FAR);
  const [only] = sent(built, fromClient).branches;
  assert.equal(only?.result.walks[0]?.received.destination, far.address);
  const steps = only?.result.walks[0]?.hops.flatMap((hop) => hop.steps) ?? [];
  assert.ok(
    steps.some(({ element }) => element === 'ipvs'),
    'the packet came to INPUT as for the virtual server',
  );
});

/** Measured on Linux 5.10: a rule of nat's PREROUTING had sent it on when there was a virtual server of that address without any server. */
test('a captured connection that NAT led elsewhere is translated, though a virtual server has the address', () => {
  const other = { protocol: 'udp', client: client.address, clientPort: 9, virtual: VIRTUAL, virtualPort: PORT } as const;
  const passes = (servers: readonly IpvsServer[]): boolean => {
    const built = balanced(servers, { 'net.ipv4.vs.conntrack': '1' })
      .put('ipvs-connection', D.scope, { ...other, server: near.address, serverPort: PORT, state: 'UDP', expiresSeconds: 100 })
      .put('conntrack', D.scope, LED_FAR);
    const [only] = sent(built, fromClient).branches;
    assert.equal(only?.result.walks[0]?.received.destination, far.address);
    return only.result.walks[0].hops.flatMap((hop) => hop.steps).some(({ element }) => element === 'ipvs');
  };
  assert.deepEqual([passes([]), passes([server(near.address)]), passes([server(far.address)])], [false, false, true]);
});

test('a server that a mark chose is there although the virtual server of that address has others', () => {
  const match = { by: 'mark', mark: 1, family: 4 } as const;
  const built = balanced([server(near.address)], { 'net.ipv4.vs.expire_nodest_conn': '1' })
    .put('ipvs-service', D.scope, { match, scheduler: 'rr', persistentSeconds: null, perPacket: false, servers: [server(far.address)] })
    .put('ipvs-connection', D.scope, {
      ...{ protocol: 'udp', client: client.address, clientPort: 40_001, virtual: VIRTUAL, virtualPort: PORT },
      ...{ server: far.address, serverPort: PORT, state: 'UDP', expiresSeconds: 100 },
    });
  const [only] = sent(built, fromClient).branches;
  assert.equal(only?.result.walks[0]?.received.destination, far.address);
});

test('an error about what was wrapped for a server is told to the client in the virtual server’s name (ip_vs_in_icmp)', () => {
  const { branches } = sent(balanced([{ ...server(far.address), forward: 'tunnel' }]), fromClient);
  const walks = branches[0]?.result.walks ?? [];
  const [wrapped, error, told] = walks;
  assert.deepEqual([wrapped?.outer?.protocol, error?.packet.icmp?.code], ['ipip', 2]);
  assert.deepEqual([told?.packet.source, told?.packet.destination, told?.packet.icmp?.code], [VIRTUAL, client.address, 2]);
  assert.equal(told?.packet.icmp?.inner?.destination, VIRTUAL);
});

/** A client that the virtual server keeps at `near`, as /proc/net/ip_vs_conn tells it (its own port is 0); `near` takes nothing new. */
function keeping(more: Readonly<Record<string, string>>, servers = [server(near.address, 0), server(far.address)]): BuiltCluster {
  return balanced(servers, more)
    .change('ipvs-service', D.scope, `udp ${VIRTUAL} ${PORT}`, { persistentSeconds: 10_800 })
    .put('ipvs-connection', D.scope, {
      ...{ protocol: 'udp', client: client.address, clientPort: 0, virtual: VIRTUAL, virtualPort: PORT },
      ...{ server: near.address, serverPort: PORT, state: 'NONE', expiresSeconds: 10_000 },
    });
}

/** Measured on Linux 6.1 with `-p 10800` and `ipvsadm -e … -w 0`; a server that is taken out (`ipvsadm -d`) keeps nobody, whatever is set. */
test('a kept client is led to a server of weight 0, unless expire_quiescent_template is set (ip_vs_check_template)', () => {
  const led = (built: BuiltCluster) => sent(built, fromClient).branches.map(({ result }) => result.walks[0]?.received.destination);
  assert.deepEqual(led(keeping({})), [near.address]);
  assert.deepEqual(led(keeping({ 'net.ipv4.vs.expire_quiescent_template': '0' })), [near.address]);
  assert.deepEqual(led(keeping({ 'net.ipv4.vs.expire_quiescent_template': '1' })), [far.address]);
  assert.deepEqual(led(keeping({}, [server(far.address)])), [far.address]);
  const unread = led(keeping({}).without('sysctl', D.scope));
  assert.deepEqual(new Set(unread), new Set([far.address, near.address]), 'where it was not read both may be');
});

/** Measured on Linux 6.1: `ipvsadm -A -f 260 … -p 600` lists `IP 0A010002 0000 00000104 0000 0A020002 0000`; of port 0 the virtual port is 0. */
test('a server without a port that a mark chooses does not stand for one that is gone where the port was another (ip_vs_schedule)', () => {
  const match = { by: 'mark', mark: 1, family: 4 } as const;
  const marked = { match, scheduler: 'rr', persistentSeconds: null, perPacket: false, servers: [{ ...server(far.address), port: 0 }] };
  const whereTo = (serverPort: number) => {
    const built = balanced([server(near.address)]).put('ipvs-service', D.scope, marked);
    const known = built.put('ipvs-connection', D.scope, {
      protocol: 'udp',
      client: client.address,
      clientPort: 40_001,
      virtual: VIRTUAL,
      virtualPort: PORT,
      server: far.address,
      serverPort,
      state: 'UDP',
      expiresSeconds: 250,
    });
    return sent(known, fromClient).branches[0]?.result.walks[0];
  };
  assert.match(whereTo(8080)?.reason.says ?? '', /no longer has/);
  assert.equal(whereTo(PORT)?.received.destination, far.address);
});

test('what a mark chose and what is for all ports is kept without a port (ip_vs_sched_persist)', () => {
  const keptBy = (match: IpvsMatch, entry: Partial<IpvsTrack>) => {
    const stack = worldOf(keeping({}).put('ipvs-connection', D.scope, { ...keptEntry, ...entry }).facts).stack(D.scope);
    const service: IpvsService = { match, scheduler: 'rr', persistentSeconds: 600, perPacket: false, servers: [], origin: someOrigin };
    return stack === undefined ? undefined : keptServer(stack, service, asked)?.server;
  };
  assert.equal(keptBy({ by: 'mark', mark: 260, family: 4 }, { protocol: 'ip', virtual: ip`0.0.1.4`, virtualPort: 0 }), far.address);
  assert.equal(keptBy({ by: 'mark', mark: 261, family: 4 }, { protocol: 'ip', virtual: ip`0.0.1.4`, virtualPort: 0 }), undefined);
  assert.equal(keptBy({ by: 'address', protocol: 'udp', address: VIRTUAL, port: 0 }, { virtualPort: 0 }), far.address);
});

const someOrigin = { source: 'made by hand', line: 1 } as unknown as IpvsService['origin'];
const keptEntry = {
  ...{ protocol: 'udp', client: client.address, clientPort: 0, virtual: VIRTUAL, virtualPort: PORT },
  ...{ server: far.address, serverPort: PORT, state: 'NONE', expiresSeconds: 10_000 },
};

test('of SCTP an INIT is scheduled, another chunk where sloppy_sctp is set, an ABORT never (sctp_conn_schedule)', () => {
  const isScheduled = (type: SctpChunkType, sloppy: string): boolean => {
    const built = balanced([server(near.address)], { 'net.ipv4.vs.sloppy_sctp': sloppy }, 'sctp');
    const packet: Packet = { ...asked, protocol: 'sctp', sctp: { tag: 0, chunks: [{ type }] } };
    const { branches } = sent(built, { from: client.scope, packet });
    return branches[0]?.result.walks[0]?.received.destination === near.address;
  };
  assert.deepEqual([isScheduled('INIT', '0'), isScheduled('HEARTBEAT', '0'), isScheduled('ABORT', '0')], [true, false, false]);
  assert.deepEqual([isScheduled('INIT', '1'), isScheduled('HEARTBEAT', '1'), isScheduled('ABORT', '1')], [true, true, false]);
});

/** Measured on Linux 6.1 with weights 0 and 1, then 1 and 0: one way all get the other server, the other way all are told that there is none. */
test('what is shared out by its destination always comes to the same server, and to none where that one has weight 0 (ip_vs_dh_schedule)', () => {
  const built = balanced([server(near.address, 0), server(far.address, 1)]).change('ipvs-service', D.scope, () => true, {
    scheduler: 'dh',
  });
  const { branches } = sent(built, fromClient);
  assert.deepEqual(branches.map(({ result, probability }) => [result.walks[0]?.disposition, probability]).toSorted(), [
    ['no listener', 0.5],
    ['rejected', 0.5],
  ]);
  const other: Sent = { from: client.scope, packet: { ...asked, sourcePort: 40_009 } };
  for (const { result } of branches) {
    const again = sent(built, other, result.state).branches.map((branch) => branch.result.walks[0]?.disposition);
    assert.deepEqual(again, [result.walks[0]?.disposition]);
  }
});

/** Measured on Linux 6.1: `-p 600` on port 21 takes 5000 to 5000 of the kept server, not 500; without `-p` it takes neither. */
test('a virtual server of FTP that keeps its clients takes their other ports too, from the first without privilege (ip_vs_service_find)', () => {
  const ftp = (persistentSeconds: number | null, port: number) => {
    const match = { by: 'address', protocol: 'tcp', address: VIRTUAL, port: 21 } as const;
    const servers = [
      { ...server(near.address), port: 21 },
      { ...server(far.address), port: 21 },
    ];
    const kept = { ...keptEntry, protocol: 'tcp', virtualPort: 0, serverPort: 0 };
    const built = balanced([], {}, 'tcp')
      .change('ipvs-service', D.scope, () => true, { match, persistentSeconds, servers })
      .put('ipvs-connection', D.scope, kept);
    const { branches } = sent(built, {
      from: client.scope,
      packet: { ...asked, protocol: 'tcp', tcp: { syn: true, ack: false, rst: false, fin: false }, destinationPort: port },
    });
    const to = branches.map(({ result }) => `${result.walks[0]?.received.destination} ${result.walks[0]?.received.destinationPort}`);
    return [...new Set(to)].toSorted();
  };
  assert.deepEqual(ftp(600, 5000), [`${far.address} 5000`]);
  assert.deepEqual(ftp(600, 21), [`${far.address} 21`]);
  assert.deepEqual(ftp(600, 500), [`${VIRTUAL} 500`]);
  assert.deepEqual(ftp(null, 5000), [`${VIRTUAL} 5000`]);
});
