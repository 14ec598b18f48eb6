import type { Options } from '../context.ts';
import { GO_ON, type Target } from '../effect.ts';
import { takeAll } from '../match/depends.ts';

/** Targets that log, count, copy, or change what is not walked; each goes on with the next rule (XT_CONTINUE). */
export const WITHOUT_EFFECT: readonly string[] = [
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'CONNSECMARK',
  'IDLETIMER',
  'LED',
  'LOG',
  'NFLOG',
  'RATEEST',
  'SECMARK',
  'TCPOPTSTRIP',
  'TEE',
  'TRACE',
  'ULOG',
];

export const goOn: Target = (options: Options) => {
  takeAll(options);
  return () => GO_ON;
};
