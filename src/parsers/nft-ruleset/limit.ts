import type { NftQuota } from '#facts/nft/nft';
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

/** The one text of a limit: its rate, without the burst that older versions do not tell. */
export const limitText = (rate: number, unit: string, per: string, over: boolean): string =>
  `${over ? 'over ' : ''}${rate}${unit === 'packets' ? '' : ` ${unit}`}/${per}`;

/** `rate over 10/second burst 5 packets`, `name "often"` after `limit`. */
export function readLimit(words: Words): string {
  if (words.skip('name')) return `name ${words.word()}`;
  words.expect('rate');
  const over = words.skip('over');
  const first = words.word();
  const [, rate = '', own] = /^(\d{1,15})(?:\/(second|minute|hour|day|week))?$/.exec(first) ?? [];
  if (rate === '') throw new NotUnderstood(`not a rate: ${first.slice(0, 40)}`);
  const [unit = 'packets', per = own ?? ''] = own === undefined ? words.word().split('/') : [];
  if (words.skip('burst')) {
    words.number();
    words.take();
  }
  return limitText(Number(rate), unit, per, over);
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
