import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import { type Connection, inverted, type Tuple } from '../conntrack/connection.ts';
import { openedBy } from '../conntrack/find.ts';
import type { Run } from '../run.ts';
import { isIn } from './address.ts';
import { isOwnTaken, isTaken, type PortWish } from './port.ts';
import type { Addresses } from './range.ts';

type Kept = Pick<Connection, 'reply' | 'drawn'>;

/**
 * What a source becomes before anything is chosen for it (net/netfilter/nf_nat_core.c get_unique_tuple): itself, where the range allows
 * that, else what another connection of the same end became (find_appropriate_src). Nothing where that is taken or out of range.
 */
export function keptSource(
  run: Run,
  stack: Stack,
  connection: Connection,
  now: Tuple,
  range: Addresses,
  { what, ports, random }: PortWish,
): Kept | { readonly gap: Gap } | undefined {
  if (what !== 'source' || random) return undefined;
  const fits = ({ source, sourcePort }: Tuple): boolean =>
    isIn(source, range) && (ports === null || (sourcePort >= ports.from && sourcePort <= ports.to));
  if (fits(now)) return isOwnTaken(run, stack, connection) ? undefined : { reply: connection.reply, drawn: connection.drawn };
  const { own, captured } = openedBy(run, stack, connection);
  const became = (all: readonly Connection[]) =>
    all
      .map(({ reply, protocol, drawn }) => ({ tuple: { ...inverted(reply, protocol), ...towards(now) }, drawn }))
      .filter(({ tuple }) => fits(tuple));
  const [newest] = became(own);
  const [first, ...others] = newest === undefined ? became(captured) : [newest];
  if (first === undefined) return undefined;
  const { source, sourcePort } = first.tuple;
  if (others.some(({ tuple }) => tuple.source !== source || tuple.sourcePort !== sourcePort)) return untold(stack, now);
  return isTaken(run, stack, connection, first.tuple)
    ? undefined
    : { reply: inverted(first.tuple, connection.protocol), drawn: first.drawn };
}

const towards = ({ destination, destinationPort }: Tuple): Pick<Tuple, 'destination' | 'destinationPort'> => ({
  destination,
  destinationPort,
});

const untold = ({ scope }: Stack, { source, sourcePort }: Tuple): { readonly gap: Gap } => ({
  gap: {
    of: 'conntrack',
    scope,
    why: 'not told',
    detail: `${source}:${sourcePort} has several addresses in the table: which it was given last is not told`,
  },
});
