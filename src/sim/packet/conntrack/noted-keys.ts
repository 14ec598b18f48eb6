import { sourceKey } from '#dataplane/connections';
import type { Stack } from '#dataplane/stack';
import { type Asked, type Connection, keyOf, type Tuple } from './connection.ts';

/** A namespace by its key. */
export type Place = Pick<Stack, 'key'>;

/** How the answers of a namespace's connection are noted once it is forgotten. */
export const answerKey = (place: Place, protocol: Connection['protocol'], reply: Tuple): string => `${place.key} ${keyOf(protocol, reply)}`;

/** Where the packets of a connection come to: what opened it asked for, and what its answers go to. */
export const endsOf = ({ protocol, original, reply }: Asked): readonly string[] => [
  sourceKey(protocol, original.destination, original.destinationPort),
  sourceKey(protocol, reply.destination, reply.destinationPort),
];

/** How such an end is noted. */
export const endKey = (place: Place, end: string): string => `${place.key} end ${end}`;

/** How what is left of a connection is noted of which nobody saw the port that was drawn. */
export const goneKey = ({ key }: Place, { protocol, original, reply, zone }: Asked): string =>
  `${key} ${keyOf(protocol, original, zone?.original)} ${keyOf(protocol, reply, zone?.reply)}`;
