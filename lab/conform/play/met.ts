import type { Told } from './ask.ts';
import { modelKey, modelReply, type Table } from './connections.ts';

/**
 * Conversations of which the kernel gave another one what the model gives them: the tuple of their answers was taken
 * (net/netfilter/nf_nat_core.c nf_nat_used_tuple). The model is asked about each conversation as if it were alone, so from the
 * first packet that differs on nothing is said of them.
 */
export function withoutMet(all: readonly Told[], tables: ReadonlyMap<string, Table>): readonly Told[] {
  const holders = new Map([...tables].map(([namespace, table]) => [namespace, holdersOf(table)]));
  return all.map((told) => {
    const at = told.judged.findIndex(({ answer }) => 'outcomes' in answer && isTaken(answer.outcomes, holders));
    return at < 0 ? told : { ...told, judged: told.judged.slice(0, at), skipped: told.skipped + told.judged.length - at };
  });
}

type Holders = ReadonlyMap<string, ReadonlySet<string>>;

/** The originals of the entries that have each reply. */
function holdersOf(table: Table): Holders {
  const holders = new Map<string, Set<string>>();
  for (const [key, { reply }] of table) {
    const tuple = `${protocolOf(key)} ${reply}`;
    holders.set(tuple, (holders.get(tuple) ?? new Set()).add(key));
  }
  return holders;
}

const protocolOf = (key: string): string => key.slice(0, key.indexOf(' '));

type Outcomes = Extract<Told['judged'][number]['answer'], { outcomes: unknown }>['outcomes'];

const isTaken = (outcomes: Outcomes, holders: ReadonlyMap<string, Holders>): boolean =>
  outcomes.some(({ connections }) =>
    connections.some((one) => {
      const key = modelKey(one);
      const own = holders.get(one.namespace)?.get(`${protocolOf(key)} ${modelReply(one)}`);
      return own !== undefined && !own.has(key);
    }),
  );
