import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { exchange } from '../../exchange.ts';
import type { SctpChunk, SctpHeader } from '../../packet.ts';
import { FRESH } from '../../state.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const [from, to] = [healthy.pod('B'), healthy.pod('A')];

/** Whether a rule with these options rejects a packet with these chunks on its way; `?` where that is not known. */
function isMet(options: string, chunks: readonly SctpChunk[] | undefined): boolean | '?' {
  const { facts } = healthy.rule(scope, 'filter', `-A FORWARD -p sctp -m sctp ${options} -j REJECT`, 0);
  const said: { readonly sctp?: SctpHeader } = chunks === undefined ? {} : { sctp: { tag: 0, chunks } };
  const ports = { sourcePort: 40_001, destinationPort: 9999 };
  const packet = { source: from.address, destination: to.address, protocol: 'sctp', ...ports, ...said } as const;
  const sent = { from: from.scope, packet: { ...packet, tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0 } };
  const found = exchange(worldOf(facts), sent, FRESH)?.branches ?? [];
  if (found.some(({ choices }) => choices.some(({ probability }) => probability === null))) return '?';
  return found[0]?.result.walks[0]?.disposition === 'rejected';
}

const [INIT, DATA, SACK, ABORT]: readonly SctpChunk[] = [{ type: 'INIT' }, { type: 'DATA', flags: 3 }, { type: 'SACK' }, { type: 'ABORT' }];
const of = (...chunks: readonly (SctpChunk | undefined)[]): readonly SctpChunk[] => chunks.filter((one) => one !== undefined);

test('any of the chunks, all of them, or nothing else (xt_sctp.c match_packet)', () => {
  assert.equal(isMet('--chunk-types any INIT,DATA', of(SACK, DATA)), true);
  assert.equal(isMet('--chunk-types any INIT,DATA', of(SACK)), false);
  assert.equal(isMet('--chunk-types all SACK,DATA', of(SACK, DATA)), true);
  assert.equal(isMet('--chunk-types all SACK,DATA', of(DATA)), false);
  assert.equal(isMet('--chunk-types only SACK,DATA', of(DATA)), true);
  assert.equal(isMet('--chunk-types only DATA', of(SACK, DATA)), false);
  assert.equal(isMet('! --chunk-types only DATA', of(SACK, DATA)), true);
});

test('all chunks there are, and none', () => {
  assert.deepEqual([isMet('--chunk-types any ALL', of(INIT)), isMet('--chunk-types any NONE', of(INIT))], [true, false]);
  assert.deepEqual([isMet('--chunk-types only ALL', of(INIT)), isMet('--chunk-types only NONE', of(INIT))], [true, false]);
  assert.deepEqual([isMet('--chunk-types all ALL', of(INIT)), isMet('--chunk-types all NONE', of(INIT))], [false, true]);
});

test('a flag that is named is asked for, in small letters that it is not set', () => {
  assert.equal(isMet('--chunk-types any DATA:BE', of(DATA)), true);
  assert.equal(isMet('--chunk-types any DATA:Be', of(DATA)), false);
  assert.equal(isMet('--chunk-types any ABORT:t', of(ABORT)), true);
  assert.equal(isMet('--chunk-types any ABORT:T', of(ABORT)), false);
});

test('of a packet of which nobody told what it says it is not known', () => {
  assert.equal(isMet('--chunk-types any INIT', undefined), '?');
});
