import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import { type Known, tcpFrom, tcpOpens, tcpStep, type TcpPacket, type TcpTrack } from './tcp.ts';
import { isValidFlags, kindOf } from './tcp-states.ts';

const flags = (letters: string) => ({
  syn: letters.includes('S'),
  ack: letters.includes('A'),
  rst: letters.includes('R'),
  fin: letters.includes('F'),
});

const packet = (letters: string): TcpPacket => ({ source: ip`10.0.0.1`, size: 40, tcp: flags(letters) });

const KNOWN: Known = {
  seenReply: true,
  assured: true,
  isLiberal: () => assert.fail('asked for nothing'),
  ignoresNear: () => true,
  takesOldResets: () => assert.fail('asked for nothing'),
  fits: () => assert.fail('asked for nothing'),
  isOld: () => assert.fail('asked for nothing'),
  isExact: () => assert.fail('asked for nothing'),
};

/** `>` from who opened and `<` from the other, its flags, and where they are told the numbers of 8 bytes: `>A 9 101`. */
function toldBy(text: string): { readonly direction: 'original' | 'reply'; readonly packet: TcpPacket } {
  const [first = '', seq, ack] = text.split(' ');
  const { tcp, ...rest } = packet(first.slice(1));
  const numbers = seq === undefined ? {} : { numbers: { seq: Number(seq), ack: Number(ack ?? 0), window: 1000 } };
  return { direction: first.startsWith('<') ? 'reply' : 'original', packet: { ...rest, size: 48, tcp: { ...tcp, ...numbers } } };
}

/** Walks packets: the state after each, or what became of it or of the connection. */
function walked(packets: readonly string[], asked: Partial<Known> = {}): readonly string[] {
  const [first = '', ...others] = packets;
  let track: TcpTrack | undefined = tcpOpens(toldBy(first).packet, true);
  let [seenReply, assured] = [false, false];
  const states = [track?.state ?? 'invalid'];
  for (const text of others) {
    if (track === undefined) return states;
    const told = toldBy(text);
    const step = tcpStep(track, told.packet, told.direction, { ...KNOWN, seenReply, assured, ...asked });
    states.push(step.is === 'taken' || step.is === 'ignored' ? step.track.state : step.is);
    if (step.is === 'invalid') track = step.track ?? track;
    if (step.is === 'reopened' || step.is === 'killed') return states;
    if (step.is === 'taken' || step.is === 'ignored') track = step.track;
    if (step.is === 'taken' && step.assures) assured = true;
    if (told.direction === 'reply' && step.is !== 'invalid') seenReply = true;
  }
  return states;
}

test('a connection opens, talks and closes', () => {
  const states = walked(['>S', '<SA', '>A', '<A', '>FA', '<A', '<FA', '>A', '>S']);
  assert.deepEqual(states, [
    'SYN_SENT',
    'SYN_RECV',
    'ESTABLISHED',
    'ESTABLISHED',
    'FIN_WAIT',
    'CLOSE_WAIT',
    'LAST_ACK',
    'TIME_WAIT',
    'reopened',
  ]);
});

test('what cannot come is no part of it; what may be out of step is let through', () => {
  assert.deepEqual(walked(['>S', '>SA']), ['SYN_SENT', 'invalid']);
  assert.deepEqual(walked(['>S', '>A']), ['SYN_SENT', 'invalid']);
  assert.deepEqual(walked(['>S', '<A']), ['SYN_SENT', 'SYN_SENT']);
  assert.deepEqual(walked(['>S', '<SA', '>A', '<S']), ['SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'invalid']);
  assert.deepEqual(walked(['>S', '<SA', '>A', '>S', '<SA']), ['SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'ESTABLISHED', 'SYN_RECV']);
});

test('a reset as the only answer ends the connection at once', () => {
  assert.deepEqual(walked(['>S', '<RA']), ['SYN_SENT', 'killed']);
  assert.deepEqual(walked(['>S', '<SA', '>R']), ['SYN_SENT', 'SYN_RECV', 'CLOSE']);
});

test('only a SYN opens, and in the loose way an ACK', () => {
  assert.equal(tcpOpens(packet('A'), true)?.state, 'ESTABLISHED');
  for (const [letters, isLoose] of [
    ['A', false],
    ['SA', true],
    ['FA', true],
    ['R', true],
  ] as const)
    assert.equal(tcpOpens(packet(letters), isLoose), undefined, letters);
  assert.equal(kindOf(flags('RA')), 'rst');
  assert.deepEqual(
    ['S', 'SA', 'A', 'FA', 'R', 'RA', 'F', '', 'SF', 'SR'].map((letters) => isValidFlags(flags(letters))),
    [true, true, true, true, true, true, false, false, false, false],
  );
});

test('a SYN opens anew what was captured after a FIN', () => {
  assert.equal(tcpStep(tcpFrom('TIME_WAIT'), packet('S'), 'original', KNOWN).is, 'reopened');
  assert.equal(tcpStep(tcpFrom('ESTABLISHED'), packet('S'), 'original', KNOWN).is, 'ignored');
});

/** As the lab's kernel told it packet by packet (`conntrack -L` after each, Linux 6.18): a repeated SYN-ACK is ignored, and what it acknowledges too. */
test('a reset that has not the number that its receiver waits for leaves an established connection as it is', () => {
  const talk = ['>S 0', '<SA 100 9', '>A 9 109'];
  const passes = { isLiberal: () => true, takesOldResets: () => true };
  assert.deepEqual(walked([...talk, '>R 17'], passes).at(-1), 'CLOSE');
  assert.deepEqual(walked([...talk, '<SA 109 17', '>RA 17 118', '>S 25'], passes).slice(-3), ['ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED']);
  assert.deepEqual(walked([...talk, '<A 109 17', '>RA 17 118', '>S 25'], passes).slice(-2), ['CLOSE', 'reopened']);
  assert.deepEqual(walked([...talk, '<A 109 17', '>R 9'], { takesOldResets: () => false }).at(-1), 'invalid');
});

test('what is outside the windows is no part of a connection, but where all passes', () => {
  const talk = ['>S 0', '<SA 100 9', '>A 9 109'];
  const of = (liberal: boolean) => ({ isLiberal: () => liberal });
  for (const text of ['<A 109 18', '<A 5000 17']) {
    assert.equal(walked([...talk, text], of(false)).at(-1), 'invalid', text);
    assert.equal(walked([...talk, text], of(true)).at(-1), 'ESTABLISHED', text);
  }
  // a late one is let through and moves nothing, before 6.1 not
  assert.equal(walked([...talk, '>FA 4294900000 109'], of(false)).at(-1), 'ESTABLISHED');
  assert.equal(walked([...talk, '>FA 4294900000 109'], { ...of(false), ignoresNear: () => false }).at(-1), 'invalid');
  // a segment with more than there is room for is let through and moves nothing
  assert.equal(walked([...talk, '>FA 1010 109'], of(false)).at(-1), 'ESTABLISHED');
  assert.equal(walked([...talk, '>FA 1010 109'], of(true)).at(-1), 'FIN_WAIT');
  // who is met in the middle has no window yet
  assert.equal(walked(['>A 500 900', '>A 508 908'], of(false)).at(-1), 'ESTABLISHED');
});

test('what nobody told is asked for', () => {
  const seen = tcpFrom('ESTABLISHED');
  const step = (text: string, asked: Partial<Known>) =>
    tcpStep(seen, toldBy(text).packet, 'original', { ...KNOWN, isLiberal: () => false, ...asked });
  const fitted = (['inside', 'near', 'outside'] as const).map((fit) => step('>A 1 1', { fits: () => fit }).is);
  assert.deepEqual(fitted, ['taken', 'ignored', 'invalid']);
  const reset = (isExact: boolean) => step('>R 1', { isLiberal: () => true, takesOldResets: () => true, isExact: () => isExact });
  assert.deepEqual(
    [reset(true), reset(false)].map((one) => one.is === 'taken' && one.track.state),
    ['CLOSE', 'ESTABLISHED'],
  );
  assert.equal(tcpStep(seen, packet('R'), 'original', KNOWN).is, 'taken');
});

test('both ends may open at once, and who waits for the last ACK may be asked whether a SYN was meant', () => {
  assert.deepEqual(walked(['>S', '<S', '>SA', '<A']), ['SYN_SENT', 'SYN_SENT2', 'SYN_RECV', 'ESTABLISHED']);
  // a SYN that is let through says anew what it wants (last_flags)
  assert.deepEqual(walked(['>S', '<S', '>SA', '>S', '<A']).slice(-2), ['SYN_RECV', 'SYN_RECV']);
  const closing = ['>S', '<SA', '>A', '>FA', '<FA'];
  assert.equal(walked([...closing, '>A']).at(-1), 'TIME_WAIT');
  assert.equal(walked([...closing, '>S', '<A']).at(-1), 'LAST_ACK');
  assert.equal(walked([...closing, '>S', '<A', '>A']).at(-1), 'TIME_WAIT');
});

/** Linux 6.18 (nft:s3.73): the FIN outside the window came between. */
test('what ends a connection is noted outside its windows too, and no SYN opens it anew', () => {
  const closed = ['>S 0', '<SA 100 9', '>A 9 109', '<A 109 17', '>R 17'];
  const strict = { isLiberal: () => false };
  assert.equal(walked([...closed, '>S 25'], strict).at(-1), 'reopened');
  assert.deepEqual(walked([...closed, '>FA 25 500', '>S 33'], strict).slice(-2), ['invalid', 'CLOSE']);
  assert.equal(walked([...closed, '>FA 25 500', '>S 33'], { ...strict, ignoresNear: () => false }).at(-1), 'reopened');
});

/** Random segments sent raw between two namespaces of Linux 6.18, and what `conntrack -L` and a rule for INVALID said after each. */
test('a reset of a half-open connection passes where it answers what was let through', () => {
  const strict = { isLiberal: () => false };
  // an ACK asked about the SYN: its number is the reset's
  assert.deepEqual(
    ['>R 40', '>R 9000'].map((text) => walked(['>S 0', '<A 500 40', text], strict).at(-1)),
    ['CLOSE', 'invalid'],
  );
  // what came last was the other end's SYN, and nothing was ignored that it could acknowledge
  const both = ['>S 100', '<S 900'];
  assert.deepEqual(
    ['>R 5000', '<R 5000'].map((text) => walked([...both, text], strict).at(-1)),
    ['CLOSE', 'invalid'],
  );
});

test('what is outside the windows has said what it says all the same (tcp_init_sender)', () => {
  const strict = { isLiberal: () => false };
  const opening = ['>S 100', '<SA 900 109'];
  assert.equal(walked([...opening, '<A 909 309'], strict).at(-1), 'invalid');
  assert.deepEqual(walked([...opening, '>SA 300 950', '<A 909 309'], strict).slice(-2), ['invalid', 'SYN_RECV']);
});

/** Linux 6.18, scene services:s16.755@2: the reset of a number that had been acknowledged was INVALID, and passed a rule for its connmark. */
test('the reset of a captured connection may be of a number that is long over', () => {
  const over = (state: string, text: string, asked: Partial<Known> = {}) => {
    const told = toldBy(text);
    const known = { ...KNOWN, isLiberal: () => true, takesOldResets: () => false, isOld: () => true, ...asked };
    const step = tcpStep(tcpFrom(state), told.packet, told.direction, known);
    return 'track' in step && step.track !== undefined ? step.track.state : step.is;
  };
  assert.deepEqual([over('ESTABLISHED', '>R 5'), over('SYN_RECV', '<R 5')], ['invalid', 'invalid']);
  assert.equal(over('SYN_RECV', '<R 5', { isOld: () => false }), 'CLOSE');
  assert.equal(over('ESTABLISHED', '>R 5', { takesOldResets: () => true, isExact: () => false }), 'ESTABLISHED');
  const silent = { isOld: () => assert.fail('nobody has acknowledged anything') };
  assert.deepEqual([over('SYN_SENT', '<R 5', silent), over('SYN_RECV', '<R 0', silent)], ['CLOSE', 'CLOSE']);
  assert.equal(over('ESTABLISHED', '>R 5', { ...silent, seenReply: false, assured: false }), 'killed');
});
