import type { Judged } from './ask.ts';
import { modelKey, modelReply, type Table } from './connections.ts';

/**
 * Conversations of which the kernel gave another one what the model gives them: the tuple of their answers was taken
 * (net/netfilter/nf_nat_core.c nf_nat_used_tuple), or they were given what another of the same end had (find_appropriate_src). The
 * model is asked about each conversation as if it were alone, so from the first packet that differs on nothing is said of them.
 */
export function withoutMet<T extends Asked>(all: readonly T[], tables: ReadonlyMap<string, Table>): readonly T[] {
  const holders = new Map([...tables].map(([namespace, table]) => [namespace, holdersOf(table)]));
  return all.map((told) => {
    const at = told.judged.findIndex(({ answer }) => 'outcomes' in answer && isMet(answer.outcomes, holders));
    return at < 0 ? told : { ...told, judged: told.judged.slice(0, at), skipped: told.skipped + told.judged.length - at };
  });
}

/** A conversation, as far as it was asked about. */
type Asked = { readonly judged: readonly Pick<Judged, 'answer'>[]; readonly skipped: number };

type Holders = {
  readonly table: Table;
  /** The originals of the entries that have each reply, and of those that each end opened. */
  readonly byReply: ReadonlyMap<string, ReadonlySet<string>>;
  readonly bySource: ReadonlyMap<string, ReadonlySet<string>>;
};

function holdersOf(table: Table): Holders {
  const keys = [...table.keys()];
  const group = (of: (key: string) => string) => new Map([...Map.groupBy(keys, of)].map(([name, found]) => [name, new Set(found)]));
  return { table, byReply: group((key) => `${protocolOf(key)} ${table.get(key)?.reply}`), bySource: group(sourceOf) };
}

const protocolOf = (key: string): string => key.slice(0, key.indexOf(' '));

/** `protocol source port`; of ICMP the id is the port. */
function sourceOf(key: string): string {
  const [protocol, source, , port] = key.split(' ');
  return `${protocol} ${source} ${port}`;
}

type Outcomes = Extract<Judged['answer'], { outcomes: unknown }>['outcomes'];

const isMet = (outcomes: Outcomes, holders: ReadonlyMap<string, Holders>): boolean =>
  outcomes.some(({ connections }) =>
    connections.some((one) => {
      const held = holders.get(one.namespace);
      const [key, reply] = [modelKey(one), modelReply(one)];
      return held !== undefined && (isTaken(held, key, reply) || isLikeAnother(held, key, reply));
    }),
  );

function isTaken({ byReply }: Holders, key: string, reply: string): boolean {
  const own = byReply.get(`${protocolOf(key)} ${reply}`);
  return own !== undefined && !own.has(key);
}

/** The kernel answers it elsewhere than the model, and another entry of the same end was there before or after. */
function isLikeAnother({ table, bySource }: Holders, key: string, reply: string): boolean {
  const entry = table.get(key);
  return entry !== undefined && entry.reply !== reply && (bySource.get(sourceOf(key))?.size ?? 0) > 1;
}
