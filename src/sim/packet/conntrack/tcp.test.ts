import assert from 'node:assert/strict';
import test from 'node:test';
import { isValidFlags, kindOf, tcpFrom, tcpOpens, tcpStep, type TcpTrack } from './tcp.ts';

const flags = (letters: string) => ({
  syn: letters.includes('S'),
  ack: letters.includes('A'),
  rst: letters.includes('R'),
  fin: letters.includes('F'),
});

/** Walks packets, `>` from who opened and `<` from the other: the state after each, or what became of the connection. */
function walked(packets: readonly string[]): readonly string[] {
  const [first = '', ...others] = packets;
  let track: TcpTrack | undefined = tcpOpens(flags(first.slice(1)), true);
  let seenReply = false;
  const states = [track?.state ?? 'invalid'];
  for (const packet of others) {
    if (track === undefined) return states;
    const direction = packet.startsWith('<') ? 'reply' : 'original';
    const step = tcpStep(track, flags(packet.slice(1)), direction, seenReply);
    states.push(step.is === 'taken' ? step.track.state : step.is);
    if (step.is === 'reopened' || step.is === 'killed') return states;
    if (step.is === 'taken') track = step.track;
    if (direction === 'reply' && step.is === 'taken') seenReply = true;
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
  assert.equal(tcpOpens(flags('A'), true)?.state, 'ESTABLISHED');
  for (const [letters, isLoose] of [
    ['A', false],
    ['SA', true],
    ['FA', true],
    ['R', true],
  ] as const)
    assert.equal(tcpOpens(flags(letters), isLoose), undefined, letters);
  assert.equal(kindOf(flags('RA')), 'rst');
  assert.deepEqual(
    ['S', 'SA', 'A', 'FA', 'R', 'RA', 'F', '', 'SF', 'SR'].map((letters) => isValidFlags(flags(letters))),
    [true, true, true, true, true, true, false, false, false, false],
  );
});

test('a SYN opens anew what was captured after a FIN', () => {
  assert.equal(tcpStep(tcpFrom('TIME_WAIT'), flags('S'), 'original', true).is, 'reopened');
  assert.equal(tcpStep(tcpFrom('ESTABLISHED'), flags('S'), 'original', true).is, 'taken');
});
