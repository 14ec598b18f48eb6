import type { Look, Partition } from '#facts/facts';
import { type FactOf, type KindId, kindOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import type { Scope } from '#snapshot/scope';
import type { Reading } from './format.ts';
import { contradictions, joined, told } from './join.ts';

/** A reading, and the entry that it was read from. */
export type Placed = { readonly reading: Reading; readonly file: string; readonly look: number; readonly at: number | undefined };

/** What two readings of one thing say differently. */
export type Conflict = { readonly origin: Origin; readonly why: string };

type Fact = FactOf<KindId>;

/** All readings of one kind in one scope as one partition. */
export function merge(kind: KindId, scope: Scope, placed: readonly Placed[], conflicts: Conflict[]): Partition {
  const looks = [...new Set(placed.map(({ look }) => look))].sort((one, other) => one - other);
  const kept = kindOf(kind).looks === true;
  const told = placed.filter(({ reading }) => reading.gap === undefined || reading.facts.length > 0);
  const gap = placed.find(({ reading }) => reading.gap !== undefined)?.reading.gap;
  const each = kept ? looks.map((look) => lookOf(kind, look, told, conflicts)).filter((look) => look !== undefined) : [];
  const facts = kept ? (each.at(-1)?.facts ?? []) : mergeFacts(kind, current(kind, told), conflicts);
  const last = kept ? told.filter(({ look }) => look === each.at(-1)?.look) : told;
  return {
    kind,
    scope,
    facts,
    looks: each,
    readings: [...new Set(told.map(({ file }) => file))].map((file) => ({ file })),
    covers: wholeOf(kind, union(last)),
    ...(gap === undefined ? {} : { gap }),
  } as Partition;
}

function lookOf(kind: KindId, look: number, placed: readonly Placed[], conflicts: Conflict[]): Look | undefined {
  const own = placed.filter((one) => one.look === look);
  if (own.length === 0) return undefined;
  return { look, at: own[0]?.at, facts: mergeFacts(kind, own, conflicts) } as Look;
}

function union(placed: readonly Placed[]): true | readonly string[] {
  const parts = new Set<string>();
  for (const { reading } of placed) {
    if (reading.covers === true) return true;
    for (const part of reading.covers) parts.add(part);
  }
  return [...parts];
}

const wholeOf = (kind: KindId, covers: true | readonly string[]): true | readonly string[] =>
  covers !== true && kindOf(kind).parts?.every((part) => covers.includes(part)) === true ? true : covers;

/**
 * The readings as far as no later one read the same part again. What a later one lists stands; an earlier one then only adds
 * what it alone tells of the same things (settings that are read once, beside counters that are read at every look).
 */
function current(kind: KindId, placed: readonly Placed[]): readonly Placed[] {
  const { part, key } = kindOf(kind);
  return placed.map((one) => {
    const later = placed.filter((other) => isLater(other, one));
    if (later.length === 0) return one;
    const covers = union(later);
    const again = new Set(later.flatMap(({ reading }) => (reading.facts as readonly Fact[]).map(key)));
    const replaced = (fact: Fact): boolean => covers === true || (part !== undefined && covers.includes(part(fact)));
    const facts = (one.reading.facts as readonly Fact[]).filter((fact) => !replaced(fact) || again.has(key(fact)));
    return { ...one, reading: { ...one.reading, facts } as Reading };
  });
}

/** A later look of the same node; or, of what belongs to the cluster, a reading of the same source at a later time elsewhere. */
function isLater(other: Placed, one: Placed): boolean {
  if (nodeOf(other) === nodeOf(one)) return other.look > one.look;
  return sourceOf(other) === sourceOf(one) && other.at !== undefined && one.at !== undefined && other.at > one.at;
}

const nodeOf = ({ file }: Placed): string => /^nodes\/([^/]+)\//.exec(file)?.[1] ?? '';
const sourceOf = ({ file }: Placed): string => file.slice(file.lastIndexOf('/') + 1);

const richness = (reading: Reading): number => {
  const sample = (reading.facts as readonly Fact[]).slice(0, 50);
  return sample.length === 0 ? 0 : sample.reduce((sum, fact) => sum + told(fact), 0) / sample.length;
};

const rendered = ({ reading }: Placed): boolean => reading.rendered === true;

/** The facts of several readings of one look: things with the same key are joined; what is no rendering, then the richer and later one leads. */
function mergeFacts(kind: KindId, placed: readonly Placed[], conflicts: Conflict[]): readonly Fact[] {
  const filled = placed.filter(({ reading }) => reading.facts.length > 0);
  if (filled.length === 0) return [];
  if (filled.length === 1) return (filled[0]?.reading.facts ?? []) as readonly Fact[];
  const ranked = filled
    .map((one, order) => ({ one, order, rich: richness(one.reading) }))
    .sort((a, b) => Number(rendered(a.one)) - Number(rendered(b.one)) || b.rich - a.rich || b.one.look - a.one.look || b.order - a.order);
  const { key, part, volatile = [] } = kindOf(kind);
  const byKey = new Map<string, Fact>();
  const from = new Map<string, Placed>();
  const covered: Placed[] = [];
  const families = new Set<string>();
  for (const { one } of ranked) {
    const covers = union(covered);
    for (const fact of one.reading.facts as readonly Fact[]) {
      const name = key(fact);
      const leading = byKey.get(name);
      if (leading !== undefined) {
        const fields = contradictions(leading, fact).filter(
          (field) => !volatile.includes(field.split('.')[0] as never) && !(rendered(one) && field.endsWith('.text')),
        );
        const before = from.get(name);
        const changed = fields.length > 0 && before !== undefined && isLater(one, before);
        if (fields.length > 0 && !changed && leading.origin.file !== fact.origin.file && (before === undefined || !isLater(before, one))) {
          conflicts.push(conflict(kind, name, fields, leading, fact));
        }
        byKey.set(name, changed ? joined(fact, leading) : joined(leading, fact));
        if (changed) from.set(name, one);
      } else if (families.has(familyOf(fact)) && (covers === true || (part !== undefined && covers.includes(part(fact))))) {
        conflicts.push({ origin: fact.origin, why: `${kind} ${name} is not in ${covered[0]?.file ?? ''}, which lists them all` });
      } else {
        byKey.set(name, fact);
        from.set(name, one);
      }
    }
    covered.push(one);
    for (const fact of one.reading.facts as readonly Fact[]) families.add(familyOf(fact));
  }
  return withoutTwins([...byKey.values()], conflicts);
}

/** An iptables table of a backend that its form did not tell is left out where the same table of a known backend was read. */
function withoutTwins(facts: readonly Fact[], conflicts: Conflict[]): readonly Fact[] {
  const known = new Set(
    facts.flatMap((fact) => ('chains' in fact && 'table' in fact && fact.backend !== undefined ? [`${fact.family} ${fact.table}`] : [])),
  );
  return facts.filter((fact) => {
    if (!('chains' in fact && 'table' in fact) || fact.backend !== undefined || !known.has(`${fact.family} ${fact.table}`)) return true;
    conflicts.push({ origin: fact.origin, why: `the backend of table ${fact.table} is not told here; a listing that tells it is taken` });
    return false;
  });
}

/** Of what address family a fact is: a listing of one family says nothing of the other. */
function familyOf(fact: Fact): string {
  const address = 'to' in fact ? fact.to : 'address' in fact ? fact.address : '';
  if ('family' in fact) return String(fact.family);
  return typeof address === 'string' && address.includes(':') ? '6' : '4';
}

const conflict = (kind: KindId, name: string, fields: readonly string[], leading: Fact, fact: Fact): Conflict => ({
  origin: fact.origin,
  why: `${kind} ${name}: ${fields.slice(0, 4).join(', ')} differ from ${leading.origin.file}, which tells more and is taken`,
});
