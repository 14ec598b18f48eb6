import type { IndexedChain } from '#dataplane/iptables';
import type { IptablesRule } from '#facts/iptables/iptables';
import { memoised } from '#dataplane/memo';
import type { Context, Test } from './context.ts';
import { type Range, within } from './numbers.ts';

/** A chain that is being walked: the lists of places that can hold a match, each with how far it was read. */
export type Frame = {
  readonly chain: IndexedChain;
  readonly tests: (readonly Test[] | undefined)[];
  readonly isGoto: boolean;
  /** The place after the rule that was met last: its number as iptables counts. */
  at: number;
  readonly lists: readonly (readonly number[])[] | null;
  readonly read: number[];
};

/** The tests of a chain's rules, each made when its rule is first met. */
const testsOf = memoised((_: IndexedChain): Frame['tests'] => []);

/** A chain at its first rule. */
export function frameOf(chain: IndexedChain, isGoto: boolean, context: Context): Frame {
  const lists = listsOf(chain, context);
  return { chain, tests: testsOf(chain), isGoto, at: 0, lists, read: lists === null ? [] : lists.map(() => 0) };
}

export const copyOf = (frame: Frame): Frame => ({ ...frame, read: [...frame.read] });

function listsOf({ index }: IndexedChain, { packet, in: incoming, out }: Context): readonly (readonly number[])[] | null {
  if (index === null) return null;
  const { by, rest } = index;
  const lists = [
    rest,
    by.destination.get(packet.destination),
    by.source.get(packet.source),
    packet.drawn?.destination === undefined ? by.port.get(packet.destinationPort) : demanding(by.port, packet.drawn.destination),
    incoming === null ? undefined : by.in.get(incoming.name),
    out === null ? undefined : by.out.get(out.name),
  ];
  return lists.filter((list) => list !== undefined && list.length > 0) as readonly (readonly number[])[];
}

/** The rules that demand one of the ports which a drawn one may be, in their order. */
const demanding = (ports: ReadonlyMap<string | number, readonly number[]>, drawn: Range): readonly number[] =>
  [...ports].flatMap(([port, places]) => (within(Number(port), drawn) ? places : [])).sort((one, other) => one - other);

/** The next rule that can match; nothing at the end of the chain. */
export function nextRule(frame: Frame): IptablesRule | undefined {
  const { chain, lists, read } = frame;
  if (lists === null) return chain.rules[frame.at++];
  let nearest = -1;
  let place = Infinity;
  for (let list = 0; list < lists.length; list++) {
    const next = lists[list]?.[read[list] ?? 0];
    if (next !== undefined && next < place) {
      place = next;
      nearest = list;
    }
  }
  if (nearest < 0) return undefined;
  read[nearest] = (read[nearest] ?? 0) + 1;
  frame.at = place + 1;
  return chain.rules[place];
}
