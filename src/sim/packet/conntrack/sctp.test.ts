import assert from 'node:assert/strict';
import test from 'node:test';
import type { SctpChunk, SctpChunkType } from '../packet.ts';
import { type Doubt, sctpFrom, sctpOpens, sctpStep, type SctpTrack } from './sctp.ts';

const SURE: Doubt = {
  isTag: () => assert.fail('no tag is asked for'),
  isAsked: () => assert.fail('no tag is asked for'),
  isDoubted: () => assert.fail('nothing is asked of heartbeats'),
  knowsCollision: () => true,
};
const TYPES: Readonly<Record<string, SctpChunkType>> = {
  I: 'INIT',
  IA: 'INIT_ACK',
  CE: 'COOKIE_ECHO',
  CA: 'COOKIE_ACK',
  D: 'DATA',
  S: 'SHUTDOWN',
  SA: 'SHUTDOWN_ACK',
  SC: 'SHUTDOWN_COMPLETE',
  A: 'ABORT',
  H: 'HEARTBEAT',
  HA: 'HEARTBEAT_ACK',
};

/** `>7 CE+D`: who opened says with tag 7 a COOKIE_ECHO and DATA; an INIT asks for 1, its answer for 2; `T` sets that flag. */
function said(text: string) {
  const [, way = '', tag = '', chunks = ''] = /^([<>])(\d+) (\S+)$/.exec(text) ?? [];
  const asked = way === '>' ? 1 : 2;
  const all = chunks.split('+').map((name): SctpChunk => {
    const type = TYPES[name.replace('T', '')] ?? 'DATA';
    return { type, flags: name.endsWith('T') ? 1 : 0, ...(type === 'INIT' || type === 'INIT_ACK' ? { initiateTag: asked } : {}) };
  });
  return { direction: way === '<' ? 'reply' : 'original', header: { tag: Number(tag), chunks: all } } as const;
}

/** The state after each packet, or that it is no part of the association. */
function walked(packets: readonly string[], doubt = SURE, from?: SctpTrack): readonly string[] {
  let track = from;
  return packets.map((packet) => {
    const { direction, header } = said(packet);
    if (track === undefined) {
      track = sctpOpens(header, doubt);
      return track?.state ?? 'invalid';
    }
    const step = sctpStep(track, header, direction, doubt);
    track = step.track;
    return step.is === 'invalid' ? 'invalid' : `${track.state}${step.assures ? ' assured' : ''}`;
  });
}

test('an association opens, talks and closes', () => {
  assert.deepEqual(walked(['>0 I', '<1 IA', '>2 CE+D', '<1 CA', '>2 D', '>2 S', '<1 SA', '>2 SC']), [
    'CLOSED',
    'COOKIE_WAIT',
    'COOKIE_ECHOED',
    'ESTABLISHED assured',
    'ESTABLISHED',
    'SHUTDOWN_SENT',
    'SHUTDOWN_ACK_SENT',
    'CLOSED',
  ]);
});

test('what carries another tag than was asked for is no part of it', () => {
  assert.deepEqual(walked(['>0 I', '<9 IA', '<1 IA', '>9 CE', '>2 CE', '<9 CA', '<1 CA', '>9 D']), [
    'CLOSED',
    'invalid',
    'COOKIE_WAIT',
    'invalid',
    'COOKIE_ECHOED',
    'invalid',
    'ESTABLISHED assured',
    'invalid',
  ]);
});

test('who has no association repeats the other end’s tag, and says so', () => {
  assert.deepEqual(walked(['>0 I', '<1 A']), ['CLOSED', 'CLOSED']);
  assert.deepEqual(walked(['>0 I', '<1 IA', '>2 CE', '<2 A', '<2 AT']), ['CLOSED', 'COOKIE_WAIT', 'COOKIE_ECHOED', 'invalid', 'CLOSED']);
});

test('only some chunks begin an association, and some stand alone', () => {
  const first = ['>0 I', '>5 I', '>0 D', '>0 A', '>0 CA', '>0 SC', '>0 CE', '>5 CE', '>5 SA', '>5 H', '>5 HA', '>0 I+D', '>5 D+CE'];
  assert.deepEqual(
    first.map((packet) => walked([packet])[0]),
    [
      'CLOSED',
      'invalid',
      'invalid',
      'invalid',
      'invalid',
      'invalid',
      'CLOSED',
      'invalid',
      'SHUTDOWN_ACK_SENT',
      'HEARTBEAT_SENT',
      'CLOSED',
      'invalid',
      'invalid',
    ],
  );
});

test('a heartbeat and its answer open another path; one with another tag waits for its answer', () => {
  assert.deepEqual(walked(['>5 H', '<6 HA', '>5 D']), ['HEARTBEAT_SENT', 'ESTABLISHED assured', 'ESTABLISHED']);
  assert.deepEqual(walked(['>5 H', '<6 HA', '>7 H', '<8 HA', '<6 D']), [
    'HEARTBEAT_SENT',
    'ESTABLISHED assured',
    'ESTABLISHED',
    'ESTABLISHED',
    'invalid',
  ]);
  assert.deepEqual(walked(['>5 H', '<6 HA', '<8 HA']), ['HEARTBEAT_SENT', 'ESTABLISHED assured', 'invalid']);
});

test('both ends may begin at once where the kernel knows of that', () => {
  const both = ['>0 I', '<0 I', '<1 IA', '>2 IA', '<1 CE', '>2 CA'];
  assert.deepEqual(walked(both).slice(-2), ['COOKIE_ECHOED', 'ESTABLISHED assured']);
  assert.deepEqual(walked(both, { ...SURE, knowsCollision: () => false }).slice(-2), ['COOKIE_WAIT', 'COOKIE_WAIT']);
});

/** Linux 6.18, by hand and as scene nft:s17.189 met it: the INIT_ACK was INVALID. */
test('an INIT_ACK asks for the tag that is known already, unless it answers an INIT (init of struct ip_ct_sctp)', () => {
  const opened = ['>5 SA', '>5 H'];
  assert.deepEqual(walked([...opened, '>5 IA']).at(-1), 'invalid');
  assert.deepEqual(walked([...opened, '>5 IA'], { ...SURE, knowsCollision: () => false }).at(-1), 'SHUTDOWN_ACK_SENT');
  assert.deepEqual(walked(['>5 H', '>5 IA']).at(-1), 'CLOSED', 'nothing is known of the other direction');
  const done = ['>0 I', '<1 IA', '>2 CE', '<1 CA'];
  assert.deepEqual(walked([...done, '<1 IA']).at(-1), 'ESTABLISHED', 'the tag that it asked for before');
  assert.deepEqual(walked(['>0 I', '<1 IA', '>2 CE', '<1 CA', '>2 IA']).at(-1), 'ESTABLISHED');
  const tagged = (began: SctpTrack['began']): SctpTrack => ({ state: 'CLOSED', tags: { original: 9, reply: 1 }, began, doubted: null });
  const behind = (began: SctpTrack['began']) => walked(['<1 IA'], SURE, tagged(began));
  assert.deepEqual(behind({ original: true, reply: false }), ['COOKIE_WAIT'], 'it answers an INIT: its tag is another one now');
  assert.deepEqual(behind({ original: true, reply: true }), ['invalid'], 'both ends sent one');
  const captured = sctpFrom('COOKIE_WAIT') ?? assert.fail('a state that every kernel has');
  const asked = (isAsked: boolean) => walked(['<1 IA'], { ...SURE, isTag: () => true, isAsked: () => isAsked }, captured);
  assert.deepEqual([asked(true), asked(false)], [['COOKIE_WAIT'], ['invalid']]);
});

test('a captured association tells its state and no tags: they are asked for', () => {
  const captured = sctpFrom('ESTABLISHED') ?? assert.fail('a state that every kernel has');
  const [right, wrong] = [true, false].map((isTag) => walked(['>5 D', '<5 S'], { ...SURE, isTag: () => isTag }, captured));
  assert.deepEqual(right, ['ESTABLISHED', 'SHUTDOWN_RECD']);
  assert.deepEqual(wrong, ['invalid', 'invalid']);
});

test('a tag that a captured association was found to have is asked for once in each direction (nf_conntrack_sctp_packet, sctp_vtag)', () => {
  const captured = sctpFrom('ESTABLISHED') ?? assert.fail('a state that every kernel has');
  let asked = 0;
  const once: Doubt = { ...SURE, isTag: () => ++asked <= 2 || assert.fail('a tag is asked for again') };
  assert.deepEqual(walked(['>5 D', '>5 H', '>6 D', '<7 D', '<5 AT', '<8 CE'], once, captured), [
    'ESTABLISHED',
    'ESTABLISHED',
    'invalid',
    'ESTABLISHED',
    'CLOSED',
    'invalid',
  ]);
  assert.equal(asked, 2);
});

test('whether a captured association waits for the answer to a heartbeat of another tag is asked where one comes (SCTP_FLAG_HEARTBEAT_VTAG_FAILED)', () => {
  const captured = sctpFrom('ESTABLISHED') ?? assert.fail('a state that every kernel has');
  const heard = (isDoubted: boolean, ...packets: readonly string[]) =>
    walked(packets, { ...SURE, isTag: () => false, isDoubted: () => isDoubted }, captured);
  assert.deepEqual(
    [heard(true, '<8 HA', '<8 D'), heard(false, '<8 HA', '<8 D')],
    [
      ['ESTABLISHED', 'ESTABLISHED'],
      ['invalid', 'invalid'],
    ],
  );
  const known = (...packets: readonly string[]) => walked(packets, { ...SURE, isTag: () => true }, captured);
  assert.deepEqual(known('>7 H', '>9 H', '<8 HA'), ['ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED'], 'its own tag answers the doubt');
  assert.deepEqual(known('<8 D', '>7 H', '<9 HA'), ['ESTABLISHED', 'ESTABLISHED', 'invalid'], 'nobody waits');
});

/** Whether the last of some packets makes the association live longer. */
function renews(...packets: readonly string[]): boolean {
  let track: SctpTrack | undefined;
  let last = true;
  for (const packet of packets) {
    const { direction, header } = said(packet);
    const step = track === undefined ? null : sctpStep(track, header, direction, SURE);
    track = step?.track ?? sctpOpens(header, SURE);
    last = step?.renews ?? true;
  }
  return last;
}

/** Linux 6.18: conntrack -L told 7 of 10 s after the second INIT, and 27 of 30 after the heartbeat of another tag. */
test('who asks again for a closed association, and a heartbeat with another tag, pass and renew nothing (nf_conntrack_sctp_packet)', () => {
  assert.equal(renews('>0 I', '>0 I'), false);
  assert.equal(renews('>0 I', '<1 IA'), true);
  assert.equal(renews('>0 I', '<1 IA', '>0 I'), true);
  assert.equal(renews('>5 H', '>5 H'), true);
  assert.equal(renews('>5 H', '>6 H'), false);
});
