import { readFileSync } from 'node:fs';

/** What a client meets at an address, as the network was built: the judge of what parsers read. */
export type Met = 'answered' | 'refused' | 'silent' | 'unreachable';

export const CLIENT = '10.50.0.10';
export const ANSWERS = '192.0.2.53';
export const CLOSED = '192.0.2.54';
export const SILENT = '192.0.2.55';

/** Every address that is asked, and what is really so of its ports that are not said to be otherwise. */
export const met: Readonly<Record<string, { readonly met: Met; readonly why: string }>> = JSON.parse(
  readFileSync(new URL('met.json', import.meta.url), 'utf8'),
);

export const SERVER_ADDRESSES = Object.keys(met).filter((address) => address.startsWith('192.0.2.') && address !== '192.0.2.99');

/** Ports of the address that answers, where a connection is made; what comes then. */
export const PORTS = { web: 80, busy: 503, mute: 81, ends: 82, resets: 83, greets: 25 } as const;

/** The names that the name server knows. */
export const ZONE: ReadonlyMap<string, string> = new Map([
  ['web.test', ANSWERS],
  ['closed.test', CLOSED],
  ['silent.test', SILENT],
  ['nowhere.test', '203.0.113.9'],
]);

/** Names that it answers with an error of its own, by DNS code: SERVFAIL and REFUSED. */
export const ANSWERED_WITH: Readonly<Record<string, number>> = { 'broken.test': 2, 'refused.test': 5 };
