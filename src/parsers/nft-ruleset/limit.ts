import type { NftQuota, NftStatement } from '#facts/nft/nft';
import { entryOf } from '#net/entry';
import { NotUnderstood, type Words } from './tokens.ts';

const UNITS: Readonly<Record<string, number>> = { bytes: 1, kbytes: 1024, mbytes: 1024 ** 2, gbytes: 1024 ** 3 };

const unitOf = (text: string): number | undefined => entryOf(UNITS, text);

/** A number of bytes with its unit. */
export function bytesOf(value: number, unit: string): number {
  const factor = unitOf(unit);
  if (factor === undefined) throw new NotUnderstood(`not a unit: ${unit.slice(0, 40)}`);
  return value * factor;
}

/** What is saved up where older versions do not tell it (NFT_LIMIT_PKT_BURST_DEFAULT). */
const BURST = 5;

type Limit = Extract<NftStatement, { does: 'limit' }>;

/** A limit as it is told: of bytes only its text is. */
export function limitOf(rate: number, unit: string, per: string, over: boolean, burst = 0): Limit {
  const what = `${over ? 'over ' : ''}${rate}${unit === 'packets' ? '' : ` ${unit}`}/${per}`;
  return unit === 'packets'
    ? { does: 'limit', what, rate: { packets: rate, per, over, burst: burst === 0 ? BURST : burst } }
    : { does: 'limit', what };
}

/** `rate over 10/second burst 5 packets`, `name "often"` after `limit`. */
export function readLimit(words: Words): Limit {
  if (words.skip('name')) return { does: 'limit', what: `name ${words.word()}` };
  words.expect('rate');
  const over = words.skip('over');
  const first = words.word();
  const [, rate = '', own] = /^(\d{1,15})(?:\/(second|minute|hour|day|week))?$/.exec(first) ?? [];
  if (rate === '') throw new NotUnderstood(`not a rate: ${first.slice(0, 40)}`);
  const [unit = 'packets', per = own ?? ''] = own === undefined ? words.word().split('/') : [];
  const burst = words.skip('burst') ? words.number() : undefined;
  if (burst !== undefined) words.take();
  return limitOf(Number(rate), unit, per, over, burst);
}

/** `over 500 mbytes used 3 kbytes` after `quota`, or in a quota's own block. */
export function readQuota(words: Words): NftQuota {
  const over = words.skip('over');
  if (!over) words.skip('until');
  const value = words.number();
  const bytes = bytesOf(value, words.word());
  if (!words.skip('used')) return { bytes, over, used: 0 };
  const used = words.number();
  return { bytes, over, used: bytesOf(used, words.word()) };
}
