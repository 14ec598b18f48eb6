import assert from 'node:assert/strict';
import test from 'node:test';
import { enumerate } from '#sim/clock/choice';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import type { Expiry } from './expiry.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 2 });
const [client, server] = [healthy.pod('A'), healthy.pod('A', 1)];
const { scope } = healthy.node('A');
const OUTSIDE = /do not fit what the connection said before/;

/** The node that both pods are on tracks what they say, and is told how it minds numbers (`null`: not told); nothing comes up to where it would be answered. */
function minding(settings: Readonly<Record<string, number | null>>) {
  const TIMEOUTS = {
    tcp_timeout_established: 1000,
    tcp_timeout_syn_recv: 60,
    tcp_timeout_syn_sent: 120,
    tcp_timeout_close: 10,
    tcp_timeout_unacknowledged: 300,
    tcp_max_retrans: 3,
    tcp_timeout_max_retrans: 250,
  };
  const silent = [client, server].reduce((built, pod) => built.rule(pod.scope, 'filter', '-A INPUT -j DROP'), healthy);
  const told = Object.entries({ tcp_be_liberal: 0, tcp_ignore_invalid_rst: 0, tcp_loose: 1, ...TIMEOUTS, ...settings });
  return told.reduce(
    (built, [name, value]) => (value === null ? built : built.sysctl(scope, `net.netfilter.nf_conntrack_${name}`, value)),
    silent,
  );
}

/** Sends segments of a conversation, `>` of the client and `<` of the server, a second apart: `>PA 1 501 100` is of 100 bytes, `>A 1 501 0 0` offers no room. */
function talk(settings: Readonly<Record<string, number | null>>, segments: readonly string[]) {
  const world = worldOf(minding(settings).facts);
  const flow = { protocol: 'tcp', port: 80, sport: 20000 } as const;
  const there = packetOf(world, { ...flow, from: client.scope, to: server.address });
  const back = { ...there, source: server.address, destination: client.address, sourcePort: 80, destinationPort: 20000 };
  let state = FRESH;
  return segments.map((text, second) => {
    const [way = '', seq, ack, bytes = '0', window = '1000'] = text.split(' ');
    const flag = (letter: string) => way.includes(letter);
    const tcp = { syn: flag('S'), ack: flag('A'), rst: flag('R'), fin: flag('F') };
    const numbers = { seq: Number(seq), ack: Number(ack), window: Number(window) };
    const packet = { ...(flag('>') ? there : back), size: 40 + Number(bytes), tcp: { ...tcp, numbers } };
    const from = flag('>') ? client.scope : server.scope;
    const at = second * 1000;
    const { branches } = enumerate((chooser) => send(world, from, packet, state, chooser, at));
    const [{ result } = assert.fail('it goes no way'), ...others] = branches;
    if (others.length > 0) return { is: 'either way' };
    ({ state } = result);
    const own = [...result.state.connections].flatMap(([, table]) => [...table.values()])[0];
    const step = result.hops.flatMap(({ steps }) => steps).find(({ says }) => OUTSIDE.test(says));
    return {
      is: own?.tcp?.state ?? 'nothing',
      lives: livesOf(own?.expires, at),
      minded: step === undefined ? null : step.says.replace(/^.*: /, ''),
      by: step?.by.length ?? 0,
    };
  });
}

/** How many seconds are left; of a time that is not known at least and at most, and why. */
function livesOf(expires: Expiry | undefined, at: number) {
  if (typeof expires !== 'object') return expires === undefined ? null : (expires - at) / 1000;
  return { least: (expires.from - at) / 1000, most: (expires.until - at) / 1000, ...expires.why };
}

const OPEN = ['>S 100 0', '<SA 500 101', '>A 101 501'];
const last = (settings: Readonly<Record<string, number | null>>, ...more: readonly string[]) => talk(settings, [...OPEN, ...more]).at(-1);
const established = { is: 'ESTABLISHED', lives: 1000, minded: null, by: 0 };

test('what fits the windows moves a connection on and prolongs its life', () => {
  assert.deepEqual(last({}, '>A 101 501 100', '<A 501 201'), established);
});

/** Measured on Linux 6.18, as what follows: conntrack -L told these lives. */
test('what nobody has acknowledged yet is not waited for as long (IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED)', () => {
  assert.deepEqual(last({}, '>A 101 501 100'), { ...established, lives: 300 });
  assert.equal(last({}, '>A 101 501 100', '<A 501 151')?.lives, 300, 'half of it is');
  assert.equal(last({}, '>A 101 501 100', '<A 501 201 50')?.lives, 300, 'the other end waits now');
  assert.equal(last({ tcp_timeout_established: 200 }, '>A 101 501 100')?.lives, 200);
});

test('who says the same again and again is not waited for as long either (nf_conntrack_tcp_max_retrans)', () => {
  const [once, again] = ['>A 101 501 100', ['>A 101 501 100', '>A 101 501 100']] as const;
  assert.equal(last({}, once, ...again)?.lives, 300);
  assert.equal(last({}, once, ...again, once)?.lives, 250, 'three times after the first');
  assert.equal(last({}, once, '<A 501 101', ...again)?.lives, 300, 'others spoke in between');
  assert.equal(last({ tcp_timeout_max_retrans: 5000 }, once, ...again, once)?.lives, 300);
  const unread = 'net.netfilter.nf_conntrack_tcp_max_retrans';
  assert.deepEqual(
    last({ tcp_max_retrans: null }, once, once)?.lives,
    { least: 250, most: 300, unread },
    'how often is too often was not read',
  );
  assert.equal(last({ tcp_max_retrans: null, tcp_timeout_max_retrans: 300 }, once, once)?.lives, 300, 'it comes to the same');
  assert.deepEqual(
    ['>A 101 501', '>A 101 501', '>A 101 501'].map((_, at, all) => last({}, ...all.slice(0, at + 1))?.lives),
    [1000, 1000, 250],
    'as the handshake ended',
  );
});

test('who offers no room is not waited for as long, nor is a reset (since 5.1)', () => {
  assert.equal(last({}, '>A 101 501 0 0')?.lives, 250);
  assert.equal(last({}, '>A 101 501 0 0', '<A 501 101')?.lives, 1000);
  assert.equal(last({}, '>R 101 501')?.lives, 10);
});

test('what is outside the windows is INVALID, and the setting that makes it so is cited; its life goes on', () => {
  assert.deepEqual(last({}, '>A 90101 501 100'), { ...established, lives: 999, minded: 'INVALID', by: 1 });
});

test('a namespace that is liberal lets it through, which is told too', () => {
  assert.deepEqual(last({ tcp_be_liberal: 1 }, '>A 90101 501 100'), { ...established, minded: 'let through', by: 1 });
});

test('a reset of an old number is INVALID, unless the namespace lets those pass: then its receiver is asked', () => {
  const talked = ['>A 101 501 100', '<A 501 201'];
  assert.deepEqual(last({}, ...talked, '>R 101 501'), { ...established, lives: 999, minded: 'INVALID', by: 1 });
  const kept = last({ tcp_ignore_invalid_rst: 1, tcp_be_liberal: 1 }, ...talked, '>R 101 501');
  assert.deepEqual([kept?.is, kept?.minded], ['ESTABLISHED', 'let through']);
});

test('a reset that leaves a connection as it was shortens its life to that of a closed one', () => {
  const kept = last({}, '>A 101 501 100', '<A 501 201', '<A 501 201', '>R 211 501');
  assert.deepEqual([kept?.is, kept?.lives], ['ESTABLISHED', 10]);
});

test('what is let through without moving a connection does not prolong its life', () => {
  assert.deepEqual(last({}, '>S 100 0'), { ...established, lives: 999 });
});

test('a connection that was taken up in its middle lives shortly until something came back', () => {
  const lives = talk({}, ['>A 101 501', '>A 101 501', '<A 501 101', '>A 101 501']).map((one) => 'lives' in one && one.lives);
  // until a segment is within windows nobody has offered any room (last_win)
  assert.deepEqual(lives, [250, 250, 300, 1000]);
});

/** Measured on Linux 6.18, as what follows: conntrack -L told these lives. */
test('who asks again for what nobody answers is not kept longer for that (nf_conntrack_tcp_packet)', () => {
  const lives = (...segments: readonly string[]) => talk({}, segments).map((one) => 'lives' in one && one.lives);
  assert.deepEqual(lives('>S 100 0', '>S 100 0', '>S 200 0'), [120, 119, 118]);
  assert.deepEqual(lives('>S 100 0', '<A 500 50', '>S 100 0'), [120, 119, 120], 'something came back');
});

test('ends outside the windows from both sides shorten a life that is long still (nf_tcp_handle_invalid)', () => {
  const [one, other] = ['>FA 800000000 501', '<FA 900000000 101'];
  assert.equal(last({}, one)?.lives, 999);
  assert.deepEqual(last({}, one, other), { ...established, lives: 300, minded: 'INVALID', by: 1 });
  assert.equal(last({}, one, one)?.lives, 998, 'one side said it twice');
  assert.equal(last({ tcp_timeout_established: 110, tcp_timeout_unacknowledged: 20 }, one, other)?.lives, 108, 'it is not long');
  const unread = 'net.netfilter.nf_conntrack_tcp_timeout_unacknowledged';
  assert.deepEqual(last({ tcp_timeout_unacknowledged: null }, one, other)?.lives, { least: 300, most: 998, unread });
});

test('a reset that asks leaves the life of who said the same too often (nf_conntrack_tcp_max_retrans)', () => {
  const again = ['>A 101 501', '>A 101 501', '>A 101 501'];
  const kept = last({}, ...again, '>R 110 0');
  assert.deepEqual([kept?.is, kept?.lives], ['ESTABLISHED', 250]);
  assert.equal(last({}, ...again.slice(1), '>R 110 0')?.lives, 10);
});

test('what says a little more than there was room for waits to be acknowledged (tcp_in_window)', () => {
  assert.deepEqual(last({}, '>A 1110 501 5'), { ...established, lives: 999, minded: 'let through', by: 1 });
  assert.equal(last({}, '>A 1110 501 5', '<A 501 101')?.lives, 300);
});

test('who says a SYN once more has acknowledged what it did before (tcp_init_sender, tcp_options)', () => {
  const again = ['>S 100 0', '<SA 900 101', '>SA 300 901', '>SA 400 850'];
  const ends = (reset: string) => talk({}, [...again, reset]).at(-1);
  assert.deepEqual(ends('<R 870 0'), { is: 'SYN_RECV', lives: 59, minded: 'INVALID', by: 1 });
});

test('who answers a SYN that was let through may say what it likes still, who sent it may not (nf_ct_tcp_state_reset)', () => {
  const met = ['>A 100 500', '>S 5000 0', '<SA 9000 5001'];
  const minds = (segment: string) => talk({}, [...met, segment]).at(-1);
  assert.deepEqual(minds('<A 800000 5001'), { is: 'SYN_RECV', lives: 60, minded: null, by: 0 });
  assert.deepEqual(minds('>A 900000 9001'), { is: 'SYN_RECV', lives: 59, minded: 'INVALID', by: 1 });
});

/** What a segment of a captured connection is, in each way that its numbers may fit: what was said of them, and whether its entry was named. */
function captured(liberal: number) {
  const flow = { protocol: 'tcp', port: 80, sport: 20000 } as const;
  const ends = { source: client.address, destination: server.address, sourcePort: 20000, destinationPort: 80, icmp: null };
  const back = { source: server.address, destination: client.address, sourcePort: 80, destinationPort: 20000, icmp: null };
  const { facts } = minding({ tcp_be_liberal: liberal }).put('conntrack', scope, {
    ...{
      protocol: 'tcp',
      protocolNumber: 6,
      timeoutSeconds: 100,
      state: 'ESTABLISHED',
      unreplied: false,
      assured: true,
      mark: 0,
      zone: null,
    },
    ...{ original: ends, reply: back },
  });
  const world = worldOf(facts);
  const sent = packetOf(world, { ...flow, from: client.scope, to: server.address });
  const packet = { ...sent, tcp: { syn: false, ack: true, rst: false, fin: false, numbers: { seq: 1, ack: 1, window: 9 } } };
  const { branches } = enumerate((chooser) => send(world, client.scope, packet, FRESH, chooser, 0));
  return branches.map(({ result }) => {
    const says = result.hops.flatMap(({ steps }) => steps).map((step) => step.says);
    const minded = says.find((text) => OUTSIDE.test(text));
    return [minded?.replace(/^.*: /, '') ?? null, says.some((text) => text.startsWith('belongs to a captured connection'))];
  });
}

test('what a captured connection said is not told: its next segment fits, passes without moving it, or is INVALID', () => {
  assert.deepEqual(captured(0), [
    [null, true],
    ['let through', true],
    ['INVALID', false],
  ]);
});

test('where all numbers pass it is not said of untold ones that they do not fit', () => {
  assert.deepEqual(captured(1), [[null, true]]);
});
