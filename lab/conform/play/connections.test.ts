import assert from 'node:assert/strict';
import test from 'node:test';
import type { ModelConnection, ModelWalk } from '../stage/model.ts';
import type { Seen } from '../stage/wire.ts';
import { disconnected, shown, tableOf } from './connections.ts';

/** A connection to 10.2.0.2:53 whose source port the router before drew; the model shows 40000 until an answer tells it. */
const tracked = (sport: number, seenReply: boolean, drawn?: readonly [number, number]): ModelConnection => ({
  namespace: 'b',
  original: {
    source: '10.2.0.1',
    destination: '10.2.0.2',
    protocol: 'udp',
    sport,
    dport: 53,
    ttl: 63,
    mark: 0,
    ...(drawn === undefined ? {} : { drawn: { source: drawn } }),
  },
  reply: { source: '10.2.0.2', destination: '10.2.0.1', sourcePort: 53, destinationPort: sport },
  seenReply,
  drawn: false,
  mark: 0,
});

const left = (connection: ModelConnection, skipped = 0, seen: readonly Seen[] = []) => ({
  skipped,
  judged: [{ is: 'same' as const, sent: { seen }, matching: [{ probability: 1, walks: [], connections: [connection] }], doubtful: [] }],
});

/** Lines of `conntrack -L` as conntrack v1.4.7 prints them, made by hand. */
const line = (port: number, isAnswered: boolean): string =>
  `udp      17 29 src=10.2.0.1 dst=10.2.0.2 sport=${port} dport=53 ${isAnswered ? '' : '[UNREPLIED] '}src=10.2.0.2 dst=10.2.0.1 sport=53 dport=${port} mark=0 use=1`;
const tables = new Map([['b', tableOf(`${line(61777, true)}\n${line(52011, false)}`)]]);

const RANGE = [1024, 65535] as const;

test('of a port that was drawn any entry can be it that is no other connection', () => {
  const all = [left(tracked(40000, false, RANGE)), left(tracked(61777, true))];
  assert.deepEqual(disconnected(all, tables, new Map()), []);
  const both = [left(tracked(40000, false, RANGE)), left(tracked(40000, false, RANGE))];
  assert.match(disconnected(both, tables, new Map())[0]?.says ?? '', /61777 53: answered, in the model not answered/);
});

test('what a conversation left is not asked where a part of it was not judged', () => {
  assert.deepEqual(disconnected([left(tracked(40000, true), 1)], tables, new Map()), []);
  assert.match(disconnected([left(tracked(40000, true))], tables, new Map())[0]?.says ?? '', /the kernel has none/);
});

test('what was tracked before is no connection whose port was drawn since', () => {
  const before = new Map([['b', tableOf(line(61777, false))]]);
  const after = (text: string) => new Map([['b', tableOf(text)]]);
  const said = (text: string) => disconnected([left(tracked(40000, false, RANGE))], after(text), before).map(({ says }) => says);
  assert.deepEqual(said(`${line(61777, false)}\n${line(52011, false)}`), []);
  assert.match(said(line(61777, false))[0] ?? '', /the kernel has none/);
});

test('what comes after seconds may not have marked its connection yet, where a rule of its namespace counted it', () => {
  const marked = { ...tracked(61777, true), mark: 4 };
  const counting = (after: number, rule: string) => {
    const own = left(marked);
    const walk = { after, counted: [rule] } as unknown as ModelWalk;
    return [
      { ...own, judged: own.judged.map((one) => ({ ...one, matching: one.matching.map((outcome) => ({ ...outcome, walks: [walk] })) })) },
    ];
  };
  const one = new Map([['b', tableOf(line(61777, true))]]);
  const inB = 'nodes/lab/netns/b/iptables-nft-save_-c:8';
  assert.deepEqual(disconnected(counting(3000, inB), one, new Map()), []);
  for (const [after, rule] of [
    [0, inB],
    [3000, 'nodes/lab/netns/a/iptables-nft-save_-c:8'],
  ] as const)
    assert.match(disconnected(counting(after, rule), one, new Map())[0]?.says ?? '', /mark 0, in the model 4/);
});

/** Linux 6.18, scene nft:jb2.38+talk+aim: a rule resets what comes from an address that nobody has. */
test('what only the late error about a reset tracks is not there yet; what was taken in is', () => {
  const plain = tracked(40000, false);
  const { source, destination, sourcePort, destinationPort } = plain.reply;
  const inner = { source, destination, protocol: 'udp', sport: sourcePort, dport: destinationPort };
  const told = (disposition: string, after: number, quoted: object, namespace = 'b', one = plain) => {
    const walks = [
      { disposition, at: ['b', 'e0'], counted: [] },
      { disposition: 'delivered', at: [namespace, 'lo'], counted: [], after, packet: { icmp: { inner: quoted } } },
    ] as unknown as ModelWalk[];
    const own = left(one);
    const judged = own.judged.map((its) => ({ ...its, matching: its.matching.map((outcome) => ({ ...outcome, walks })) }));
    return disconnected([{ ...own, judged }], new Map([['b', tableOf('')]]), new Map()).length;
  };
  assert.equal(told('rejected', 3000, inner), 0);
  assert.equal(told('delivered', 3000, inner), 1, 'it was tracked when it was taken in');
  assert.equal(told('rejected', 0, inner), 1, 'the error is no late one');
  assert.equal(told('rejected', 3000, { ...inner, sport: 54 }), 1, 'it is about something else');
  assert.equal(told('rejected', 3000, inner, 'a'), 1, 'it is made elsewhere');
  // scene nft:s8.535+aim~raw-payload@2: the reset met `masquerade`, for the connection, and left as it was
  const masqueraded = { ...plain, reply: { ...plain.reply, destination: '10.2.0.4' } };
  assert.equal(told('rejected', 3000, inner, 'b', masqueraded), 0);
  assert.equal(told('rejected', 3000, { ...inner, destination: '10.2.0.4' }, 'b', masqueraded), 1, 'nobody sent that');
});

/** A conversation that ended a connection, as the model tells it. */
const ending = (connection: ModelConnection) => {
  const own = left(connection);
  const matching = [{ probability: 1, walks: [], connections: [], gone: [connection] }];
  return { ...own, judged: own.judged.map((one) => ({ ...one, matching })) };
};

test('who only looked at a captured connection does not say that it is there when another conversation ended it', () => {
  const none = new Map([['b', tableOf('')]]);
  const before = new Map([['b', tableOf(line(61777, false))]]);
  const said = (...all: readonly ReturnType<typeof left>[]) => disconnected(all, none, before).map(({ says }) => says);
  assert.deepEqual(said(left(tracked(61777, false)), ending(tracked(61777, false))), []);
  assert.match(said(left(tracked(61777, false)))[0] ?? '', /the kernel has none/);
  assert.match(said(left(tracked(61777, true)), ending(tracked(61777, false)))[0] ?? '', /the kernel has none/, 'it was answered');
});

test('what a conversation ended is there no longer', () => {
  const one = new Map([['b', tableOf(line(61777, false))]]);
  const said = (...all: readonly ReturnType<typeof left>[]) => disconnected(all, one, one).map(({ says }) => says);
  assert.deepEqual(said(ending(tracked(61777, false))), ['b udp 10.2.0.1 10.2.0.2 61777 53 is tracked still, in the model it was ended']);
  assert.deepEqual(said(ending(tracked(61777, false)), left(tracked(61777, false), 1)), [], 'where not all is known');
});

/** A tunnel's connection, whose port the model does not know. */
const tunnelled: ModelConnection = {
  ...tracked(40000, false, RANGE),
  original: { ...tracked(40000, false, RANGE).original, dport: 8472 },
  reply: { source: '10.2.0.2', destination: '10.2.0.1', sourcePort: 8472, destinationPort: 40000 },
};

/** A packet that was seen in a tunnel from this port. */
const around = (sport: number): readonly Seen[] => {
  const header = { source: '10.2.0.1', destination: '10.2.0.2', protocol: 17, sport, dport: 8472, ttl: 63, ident: 0, id: 1, length: 60 };
  return [{ in: 'b', device: 'e0', how: 'in', header: { ...header, inner: header } }];
};

test('a port that was seen around a packet tells which entry its tunnel has, and several may have one', () => {
  const entry = (port: number, mark = 0): string => line(port, false).replaceAll('=53', '=8472').replace('mark=0', `mark=${mark}`);
  const has = (...entries: readonly string[]) => new Map([['b', tableOf(entries.join('\n'))]]);
  const says = (of: ReturnType<typeof has>, ...ports: readonly number[]): readonly string[] =>
    disconnected(
      ports.map((port) => left(tunnelled, 0, around(port))),
      of,
      new Map(),
    ).map((one) => one.says);
  assert.deepEqual(says(has(entry(40100), entry(40200)), 40100, 40200, 40100), []);
  assert.match(says(has(entry(40100), entry(40200)), 40100, 40100)[0] ?? '', /40200 8472, in the model it does not/);
  assert.match(says(has(entry(40200)), 40100, 40200)[0] ?? '', /40100 8472: the kernel has none/);
  assert.match(says(has(entry(40100, 7), entry(40200)), 40100, 40200)[0] ?? '', /40100 8472: mark 7, in the model 0/);
  const unseen = [left(tunnelled), left(tunnelled)];
  assert.deepEqual(disconnected(unseen, has(entry(40300)), new Map()), [], 'where nobody saw it either may have its port');
});

/** As conntrack v1.4.7 prints it on Linux 6.1, with the addresses of the layout. */
const WRAPPED = 'unknown  4 597 src=192.0.2.1 dst=192.0.2.2 [UNREPLIED] src=192.0.2.2 dst=192.0.2.1 mark=0 use=1';

test('what a tunnel wraps is tracked by its addresses alone', () => {
  const sent = tracked(0, false);
  const outer: ModelConnection = {
    ...sent,
    original: { ...sent.original, source: '192.0.2.1', destination: '192.0.2.2', protocol: 'ipip', sport: 0, dport: 0 },
    reply: { source: '192.0.2.2', destination: '192.0.2.1', sourcePort: 0, destinationPort: 0 },
  };
  assert.deepEqual(disconnected([left(outer)], new Map([['b', tableOf(WRAPPED)]]), new Map()), []);
  assert.match(disconnected([left(outer)], new Map([['b', tableOf('')]]), new Map())[0]?.says ?? '', /the kernel has none/);
  assert.match(disconnected([], new Map([['b', tableOf(WRAPPED)]]), new Map())[0]?.says ?? '', /b tracks ipip 192\.0\.2\.1/);
});

test('the same tuple in two zones is two connections', () => {
  const zone = (number: number): string => line(61777, number === 0).replace('mark=0', `mark=0 zone=${number}`);
  const both = new Map([['b', tableOf(`${line(61777, true)}\n${zone(5)}`)]]);
  const inZone = { ...tracked(61777, false), zone: { original: 5, reply: 5 } };
  assert.deepEqual(disconnected([left(tracked(61777, true)), left(inZone)], both, new Map()), []);
  assert.match(
    disconnected([left({ ...inZone, zone: { original: 5, reply: 0 } })], both, new Map())[0]?.says ?? '',
    /udp@5\/0 .*: the kernel has none/,
  );
});

/** Linux 6.18: an id that a zone's answers have already becomes the first free one, and that is 0 (nf_nat_l4proto_unique_tuple). */
test('the id that answers to an echo have may be 0', () => {
  const echo: ModelConnection = {
    ...tracked(0, true),
    original: { ...tracked(0, true).original, protocol: 'icmp', icmp: { type: 8, code: 0, id: 20108 } },
    reply: { source: '10.2.0.2', destination: '10.2.0.1', sourcePort: 0, destinationPort: 0 },
  };
  const table = (id: number) =>
    tableOf(`icmp     1 29 src=10.2.0.1 dst=10.2.0.2 type=8 code=0 id=20108 src=10.2.0.2 dst=10.2.0.1 type=0 code=0 id=${id} mark=0 use=1`);
  const said = (id: number) => disconnected([left(echo)], new Map([['b', table(id)]]), new Map()).map(({ says }) => says);
  assert.deepEqual(said(0), []);
  assert.match(said(20108)[0] ?? '', /answered by 10\.2\.0\.2 10\.2\.0\.1 20108, in the model by 10\.2\.0\.2 10\.2\.0\.1 0/);
});

test('a table shows a connection with its tuples alone, or as it was answered and marked too', () => {
  assert.deepEqual(
    [tracked(61777, true), tracked(61777, false), tracked(61778, true)].map((one) => shown(tables.get('b'), one)),
    [2, 1, 0],
  );
});
