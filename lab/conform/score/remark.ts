import type { Covered } from '../job.ts';

/** So many packets of a million each construct should decide, and so much of what it is asked may be unknown. */
export const [ENOUGH, MILLION] = [200, 1e6];
const UNKNOWN = 0.2;

/** Constructs that decide nothing by nature: nobody can be asked to see what they do. */
export const BY_NATURE: Readonly<Record<string, string>> = {
  'filter/without-effect': 'only tells somebody',
  'nft/log': 'only tells somebody',
  'nft/continue': 'is what happens without it',
  'nft/base-chain': 'a policy has no counter to be known by',
  'filter/add-set': 'nobody asks its set; filter/set-kept is asked',
  'filter/log': 'only tells somebody',
  'filter/trace': 'only tells somebody',
  'filter/checksum': 'fills in what is not compared',
};

/** Constructs that are drawn to see that the model says that it does not know: what they ask is told by no capture. */
export const UNKNOWN_BY_NATURE: Readonly<Record<string, string>> = {
  'filter/bpf': 'a program is not run',
  'filter/string': 'the payload is not walked',
  'filter/u32': 'bytes are not walked',
};

/** Whether a construct is one that should decide packets. */
export const isToDecide = (id: string): boolean => BY_NATURE[id] === undefined && UNKNOWN_BY_NATURE[id] === undefined;

/** Why a construct was not tried as much as it should be; nothing where it was. */
export function remarkOn(id: string, { hit, missed, decided, unknown }: Covered, packets: number): string {
  const unknowable = UNKNOWN_BY_NATURE[id];
  if (unknowable !== undefined) return `unknown by nature: ${unknowable}`;
  const doubt = unknown / Math.max(1, hit + unknown);
  if (doubt > UNKNOWN) return `${Math.round(100 * doubt)} % unknown`;
  if (decided * MILLION >= ENOUGH * packets) return '';
  const nature = BY_NATURE[id];
  if (nature !== undefined) return `below by nature: ${nature}`;
  if (hit === 0) return 'below: never hit';
  return missed === 0 ? 'below: never missed' : `below: ${decided === 0 ? 'nothing that was tried decided anything' : 'decided too few'}`;
}
