import { type NftSite, numberOf, type Piece, type Site } from './construct.ts';
import { type Drawn, lastLast } from './iptables-rules.ts';
import type { Named } from './registry.ts';
import type { Aim, Aimed } from './packet.ts';
import type { Hook, Rule } from './rule.ts';

const HOOKS: readonly Hook[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
/** raw, mangle, filter, security, and two of nobody's. */
const PRIORITIES = [-300, -150, 0, -10, 5, 50];
const BESIDE = 40;
const TRIES = 6;
/** What chains of type nat are for. */
export const TRANSLATES: ReadonlySet<string> = new Set([
  'nft/dnat',
  'nft/dnat-map',
  'nft/dnat-prefix',
  'nft/snat',
  'nft/masquerade',
  'nft/redirect',
]);
const END_HOOKS: readonly Hook[] = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'];

/** Draws native tables of one family: base chains side by side, user chains, rules with counters. */
export function drawNft(site: Site, matches: readonly Named<'nft match'>[], statements: readonly Named<'nft statement'>[]): Drawn {
  if (matches.length === 0 || statements.length === 0) return { rules: [], aims: [] };
  const { dice, here, family } = site;
  const name = site.fresh('t');
  const table = `${dice.roll(3) === 0 ? 'inet' : family === 4 ? 'ip' : 'ip6'} ${name}`;
  const rules: Rule[] = [];
  const aims: Aimed[] = [];
  const add = (text: string, by: readonly string[]): void => void rules.push({ in: here.name, by, form: 'nft', text });
  add(`add table ${table}`, []);
  const hooks = dice.shuffle(here.role === 'end' ? END_HOOKS : HOOKS).slice(0, 1 + dice.roll(3));
  for (const hook of hooks) {
    const chainType = chainTypeOf(site, hook);
    const priority = chainType === 'nat' ? (hook === 'PREROUTING' || hook === 'OUTPUT' ? -100 : 100) : priorityOf(site);
    const policy = chainType === 'filter' && dice.roll(6) === 0 ? 'drop' : 'accept';
    const base = `c_${hook.toLowerCase()}`;
    add(`add chain ${table} ${base} { type ${chainType} hook ${hook.toLowerCase()} priority ${priority}; policy ${policy}; }`, [
      'nft/base-chain',
    ]);
    const user = Array.from({ length: dice.roll(3) }, () => site.fresh('u'));
    for (const one of user) add(`add chain ${table} ${one}`, []);
    const own: NftSite = { ...site, table, hooks: [hook], chainType, priority };
    for (let count = 3 + dice.roll(9); count > 0; count--) {
      const chain = dice.pick([base, base, ...user]);
      const drawn = drawRule(own, chain, user.slice(chain === base ? 0 : user.indexOf(chain) + 1), matches, statements);
      rules.push(...drawn.rules);
      aims.push(...drawn.aims);
    }
  }
  return { rules, aims };
}

/** A priority for itself, as a rule: which of two tables of one priority is asked first nobody tells. */
function priorityOf({ dice, fresh }: Site): number {
  const own = numberOf(fresh('priority')) % BESIDE;
  return dice.pick(PRIORITIES) + (dice.roll(20) === 0 ? 0 : own);
}

function chainTypeOf({ dice }: Site, hook: Hook): NftSite['chainType'] {
  if (hook === 'FORWARD') return 'filter';
  const turn = dice.roll(4);
  return turn === 0 ? 'nat' : turn === 1 && hook === 'OUTPUT' ? 'route' : 'filter';
}

function drawRule(
  site: NftSite,
  chain: string,
  later: readonly string[],
  matches: readonly Named<'nft match'>[],
  statements: readonly Named<'nft statement'>[],
): Drawn {
  const { dice } = site;
  const pieces: Piece[] = [];
  const by: string[] = [];
  for (let turn = dice.pick([0, 1, 1, 1, 2, 2]); turn > 0; turn--) {
    const match = dice.pick(matches);
    const piece = by.includes(match.id) ? null : match.draw(site);
    if (piece === null || conflicts(pieces, piece) || isListedAsOne([...pieces, piece])) continue;
    pieces.push(piece);
    by.push(match.id);
  }
  const drops = pieces.length > 0 && site.chainType !== 'nat' && dice.roll(5) === 0;
  const end = drops ? { piece: { text: 'drop' } as Piece, by: ['nft/drop'] } : endOf(site, later, statements, pieces);
  if (end === null) return { rules: [], aims: [] };
  const ordered = lastLast(pieces);
  const all = [...ordered, end.piece];
  const text = `add rule ${site.table} ${chain} ${[...ordered.map((piece) => piece.text), 'counter', end.piece.text].filter(Boolean).join(' ')}`;
  const rule: Rule = { in: site.here.name, by: [...by, ...end.by], form: 'nft', text };
  const asking = pieces.length > 0 && dice.roll(2) === 0 ? askingRules(site, chain, ordered, end.piece) : [];
  const aim: Aim = Object.assign(
    {},
    ...pieces.map(({ aims = [], protocol }) => ({
      ...(protocol === undefined ? {} : { protocol }),
      ...(aims.length === 0 ? {} : dice.pick(aims)),
    })),
  );
  return {
    rules: [...all.flatMap(({ before = [] }) => before), rule, ...asking],
    aims: [{ ...aim, near: { namespace: site.here.name, hooks: site.hooks } }],
  };
}

/** What some packets got written they are dropped for by the rule after that: else hardly anybody sees that it was written. */
export function askingRules({ table, here, chainType }: NftSite, chain: string, some: readonly Piece[], { asks }: Piece): readonly Rule[] {
  if (asks === undefined || chainType === 'nat') return [];
  const text = `add rule ${table} ${chain} ${[...some.map((piece) => piece.text), asks].join(' ')} counter drop`;
  return [{ in: here.name, by: ['nft/drop'], form: 'nft', text }];
}

/** Whether two of a rule's parts want different protocols. */
const conflicts = (pieces: readonly Piece[], { protocol }: Piece): boolean =>
  protocol !== undefined && pieces.some((one) => one.protocol !== undefined && one.protocol !== protocol);

/** nft 1.0.6 lists two such conditions in a row as one range, of the second one's field. */
const AS_ONE = / < .* > | >= .* <= /;

const isListedAsOne = (pieces: readonly Piece[]): boolean => AS_ONE.test(` ${pieces.map(({ text }) => text).join(' ')} `);

function endOf(site: NftSite, later: readonly string[], statements: readonly Named<'nft statement'>[], pieces: readonly Piece[]) {
  const { dice } = site;
  const kind = dice.roll(10);
  if (later.length > 0 && kind < 3) {
    const verb = kind === 0 ? 'goto' : 'jump';
    return { piece: { text: `${verb} ${dice.pick(later)}` } as Piece, by: [`nft/${verb}`] };
  }
  if (kind === 9) return { piece: { text: '' } as Piece, by: [] };
  const translating = statements.filter(({ id }) => TRANSLATES.has(id));
  const fitting = site.chainType === 'nat' && translating.length > 0 && dice.roll(4) > 0 ? translating : statements;
  for (let turn = 0; turn < TRIES; turn++) {
    const statement = dice.pick(fitting);
    const piece = statement.draw(site);
    if (piece !== null && !conflicts(pieces, piece)) return { piece, by: [statement.id] };
  }
  return null;
}
