import type { Stack } from '#dataplane/stack';
import { placeText, type Run } from '../run.ts';
import { untold } from '../untold.ts';
import { type Connection, DEFAULT_ZONE, keyOf } from './connection.ts';
import type { UntoldExpiry, UntoldLife } from './expiry.ts';

/**
 * Whether a connection is forgotten when the packet of the run comes (nf_ct_is_expired); one without a time stays. Where the time is not
 * known both are walked, once the kernel's own is over, and what was picked holds for later packets.
 */
export function isForgotten(run: Run, stack: Stack, connection: Connection): boolean {
  const { expires } = connection;
  if (expires == null) return false;
  if (typeof expires === 'number') return expires <= run.at;
  if (run.at < expires.from) return false;
  const isGone = run.at >= expires.until || picksGone(run, stack, connection, expires);
  connection.expires = isGone ? run.at : { ...expires, sure: run.at + 1, from: run.at + 1 };
  run.touch();
  return isGone;
}

function picksGone(run: Run, stack: Stack, { protocol, original, zone = DEFAULT_ZONE }: Connection, { why }: UntoldExpiry): boolean {
  const detail = `how long a connection lives without packets is not known: ${reasonText(why)}`;
  const asked = {
    at: `life of ${keyOf(protocol, original, zone.original)}`,
    options: ['it is there still', 'it is forgotten'],
    detail,
  };
  if (!('unread' in why)) return untold(run, stack, { ...asked, of: 'life' }) === 1;
  const missing = { of: 'sysctl', why: 'not collected', capture: `sysctl ${why.unread}` } as const;
  return untold(run, stack, { ...asked, of: 'setting not seen', missing }) === 1;
}

/** That a connection is there still is told where it is only assumed, by what the kernel does of itself. */
export function assumedThere({ at }: Run, stack: Stack, { expires }: Connection): string | undefined {
  if (typeof expires !== 'object' || expires === null || at < expires.sure || at >= expires.from) return undefined;
  return `${placeText(stack)} is taken to track it still, as long as a kernel does of itself: ${reasonText(expires.why)}`;
}

const reasonText = (why: UntoldLife): string => ('unread' in why ? `${why.unread} was not read` : why.untold);
