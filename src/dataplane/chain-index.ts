import type { IptablesRule } from '#facts/iptables/iptables';
import { baseOf, cidrFamily, lengthOf } from '#net/cidr';
import { bitsOf } from '#net/ip';

/** The fields by whose one exact value a rule is found. */
const FIELDS = ['destination', 'source', 'port', 'in', 'out'] as const;
export type IndexedField = (typeof FIELDS)[number];

/**
 * The rules of a chain by a value that each demands; `rest` demand none that is exact. Every rule is in one list, by its place,
 * so that those which can match a packet come out in their order by merging a few lists.
 */
export type ChainIndex = {
  readonly by: { readonly [Field in IndexedField]: ReadonlyMap<string | number, readonly number[]> };
  readonly rest: readonly number[];
};

/** Shorter chains are read as fast as they are looked up. */
const SHORTEST = 8;

/** The index of a chain's rules; `null` where reading them all is as fast. */
export function indexOf(rules: readonly IptablesRule[]): ChainIndex | null {
  if (rules.length < SHORTEST) return null;
  const by = { destination: new Map(), source: new Map(), port: new Map(), in: new Map(), out: new Map() } satisfies Record<
    IndexedField,
    Map<string | number, number[]>
  >;
  const rest: number[] = [];
  for (const [place, rule] of rules.entries()) {
    const field = FIELDS.find((one) => keyOf(rule, one) !== undefined);
    const key = field === undefined ? undefined : keyOf(rule, field);
    if (field === undefined || key === undefined) rest.push(place);
    else listed(by[field], key, place);
  }
  return rest.length === rules.length ? null : { by, rest };
}

function listed(map: Map<string | number, number[]>, key: string | number, place: number): void {
  const places = map.get(key);
  if (places === undefined) map.set(key, [place]);
  else places.push(place);
}

/** The one value of a field that a rule demands. A rule that is not understood is found by nothing. */
function keyOf(rule: IptablesRule, field: IndexedField): string | number | undefined {
  if (rule.problem !== null) return undefined;
  switch (field) {
    case 'destination':
    case 'source': {
      const prefix = rule[field];
      if (prefix === null || prefix.not || lengthOf(prefix.value) !== bitsOf(cidrFamily(prefix.value))) return undefined;
      return baseOf(prefix.value);
    }
    case 'port':
      return portOf(rule);
    case 'in':
    case 'out': {
      const device = rule[field];
      return device === null || device.not || device.value.endsWith('+') ? undefined : device.value;
    }
  }
}

function portOf({ matches }: IptablesRule): number | undefined {
  const options = matches.find(({ name }) => name === 'tcp' || name === 'udp')?.options ?? [];
  const port = options.find(({ name }) => name === '--dport' || name === 'dport');
  const text = port?.values[0] ?? '';
  return port !== undefined && !port.not && /^\d+$/.test(text) ? Number(text) : undefined;
}
