import type { ModelConnection } from '../stage/model.ts';
import type { Judged } from './ask.ts';

/** Who ended a connection, by its namespace and original tuple: the numbers of conversations. */
export type Gone = ReadonlyMap<string, ReadonlySet<number>>;

/** The connections that conversations ended; where several things may have come of a packet, those that are gone after each of them. */
export function goneBy(
  told: readonly { readonly judged: readonly Pick<Judged, 'matching'>[] }[],
  keyOf: (one: ModelConnection) => string,
): Gone {
  const gone = new Map<string, Set<number>>();
  for (const [conversation, { judged }] of told.entries()) {
    for (const { matching } of judged) {
      const [first = [], ...others] = matching.map((outcome) => (outcome.gone ?? []).map(keyOf));
      for (const key of first.filter((one) => others.every((other) => other.includes(one))))
        gone.set(key, (gone.get(key) ?? new Set()).add(conversation));
    }
  }
  return gone;
}

/** Whether another conversation than this one ended a connection. */
export const isOthers = (gone: Gone, conversation: number, key: string): boolean =>
  [...(gone.get(key) ?? [])].some((owner) => owner !== conversation);

/** Connections that conversations ended and none has `left`, and that are there all the same. */
export const notGone = (gone: Gone, isThere: (key: string) => boolean, left: ReadonlySet<string>) =>
  [...gone].flatMap(([key, [conversation = -1]]) => (isThere(key) && !left.has(key) ? [{ conversation, key }] : []));
