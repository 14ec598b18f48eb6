import type { IptablesSite, Piece, Site, Talk } from './construct.ts';
import type { Aim, Aimed } from './packet.ts';
import type { Named } from './registry.ts';
import type { Backend, Family, Hook, Line, Rule, Table } from './rule.ts';

/** What the grammar may use. */
export type Vocabulary = { readonly matches: readonly Named<'iptables match'>[]; readonly targets: readonly Named<'iptables target'>[] };

/** Rules with what they want to be asked about. */
export type Drawn = {
  readonly rules: readonly Rule[];
  readonly aims: readonly Aimed[];
  readonly talks?: readonly FamilyTalk[];
  readonly later?: readonly Line[];
};

/** A conversation that tries rules of one family. */
export type FamilyTalk = Talk & { readonly family: Family };

type Chain = { readonly name: string; readonly hooks: readonly Hook[]; readonly isBuiltIn: boolean };

const HOOKS: Readonly<Record<Table, readonly Hook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};
const TRIES = 6;

/** Draws one table of one namespace: rules in built-in chains and in user chains that they lead to. */
export function drawTable(site: Site & { readonly backend: Backend }, table: Table, count: number, words: Vocabulary): Drawn {
  const { dice } = site;
  const hooks = site.here.role === 'end' ? HOOKS[table].filter((hook) => hook !== 'FORWARD') : HOOKS[table];
  const main = dice.pick(hooks);
  const user = Array.from(
    { length: dice.roll(4) },
    (_, at): Chain => ({ name: `${site.fresh('U')}-${at}`, hooks: [main], isBuiltIn: false }),
  );
  const builtIn = hooks.map((hook): Chain => ({ name: hook, hooks: [hook], isBuiltIn: true }));
  const rules: Rule[] = [];
  const aims: Aimed[] = [];
  const mains = builtIn.filter(({ name }) => name === main);
  for (let turn = 0; turn < count; turn++) {
    const chain = dice.roll(3) === 0 ? dice.pick(builtIn) : dice.pick([...mains, ...user]);
    const later = chain.isBuiltIn ? (chain.name === main ? user : []) : user.slice(user.indexOf(chain) + 1);
    const drawn = drawRule(
      { ...site, table, hooks: chain.hooks, protocol: null },
      chain.name,
      later.map(({ name }) => name),
      words,
    );
    rules.push(...drawn.rules);
    aims.push(...drawn.aims);
  }
  return { rules: [...rules, ...policies(site, table, hooks)], aims };
}

/** Now and then a table that filters ends in DROP. */
function policies(site: Site & { readonly backend: Backend }, table: Table, hooks: readonly Hook[]): readonly Rule[] {
  if (table !== 'filter' || site.dice.roll(4) > 0) return [];
  const text = `:${site.dice.pick(hooks)} DROP`;
  return [{ in: site.here.name, by: ['filter/policy'], form: 'iptables', backend: site.backend, family: site.family, table, text }];
}

function drawRule(site: IptablesSite, chain: string, later: readonly string[], words: Vocabulary): Drawn {
  const { dice } = site;
  const pieces: Piece[] = [];
  const by: string[] = [];
  let protocol = site.protocol;
  for (let turn = dice.pick([0, 1, 1, 2, 2, 3]); turn > 0; turn--) {
    const match = dice.pick(words.matches);
    const piece = by.includes(match.id) ? null : match.draw({ ...site, protocol });
    if (piece === null || (piece.protocol !== undefined && protocol !== null && piece.protocol !== protocol)) continue;
    protocol = piece.protocol ?? protocol;
    pieces.push(piece);
    by.push(match.id);
  }
  const end = pieces.length > 0 && dice.roll(5) === 0 ? dropping(site, words) : endOf({ ...site, protocol }, later, words);
  if (end === null) return { rules: [], aims: [] };
  protocol = end.piece.protocol ?? protocol;
  const all = [...lastLast(pieces), end.piece];
  const own = [...by, ...end.by];
  const text = [`-A ${chain}`, ...(protocol === null ? [] : [`-p ${protocol}`]), ...all.map((piece) => piece.text)]
    .filter(Boolean)
    .join(' ');
  const { backend, family, table, here } = site;
  const rule: Rule = { in: here.name, by: own, form: 'iptables', backend, family, table, text };
  const base = protocol === null ? {} : { protocol };
  const merged: Aim = Object.assign({}, base, ...pieces.map(({ aims = [] }) => (aims.length === 0 ? {} : dice.pick(aims))));
  return {
    rules: [...all.flatMap(({ before = [] }) => before), rule],
    aims: [{ ...merged, near: { namespace: here.name, hooks: site.hooks } }],
  };
}

/** A rule's conditions in their order, those at the end that have to be there. */
export const lastLast = (pieces: readonly Piece[]): readonly Piece[] =>
  pieces.toSorted((one, other) => Number(one.last ?? false) - Number(other.last ?? false));

type End = { readonly piece: Piece; readonly by: readonly string[] };

/** What only some packets meet decides most where they end by it. */
function dropping({ table }: IptablesSite, { targets }: Vocabulary): End | null {
  const drop = targets.find((one) => one.id === 'filter/drop' && one.tables.includes(table));
  return drop === undefined ? null : { piece: { text: '-j DROP' }, by: [drop.id] };
}

/** A jump, a goto, a target, or nothing: then the rule only counts. */
function endOf(site: IptablesSite, later: readonly string[], { targets }: Vocabulary): End | null {
  const { dice } = site;
  const kind = dice.roll(10);
  if (later.length > 0 && kind < 4) {
    const goto = kind === 0;
    return { piece: { text: `${goto ? '-g' : '-j'} ${dice.pick(later)}` }, by: [goto ? 'filter/goto' : 'filter/jump'] };
  }
  if (kind === 9) return { piece: { text: '' }, by: [] };
  const fitting = targets.filter((one) => one.tables.includes(site.table) && site.hooks.every((hook) => one.hooks.includes(hook)));
  for (let turn = 0; turn < TRIES && fitting.length > 0; turn++) {
    const target = dice.pick(fitting);
    const piece = target.draw(site);
    if (piece !== null && (piece.protocol === undefined || site.protocol === null || piece.protocol === site.protocol))
      return { piece, by: [target.id] };
  }
  return null;
}
