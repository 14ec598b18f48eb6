import { hooksOf, isOfFamily } from './aimed.ts';
import { type NftSite, numberOf, type Piece, type Site } from './construct.ts';
import type { Drawn } from './iptables-rules.ts';
import { askingRules, TRANSLATES } from './nft-rules.ts';
import type { Aim, Aimed } from './packet.ts';
import { addressesOf } from './pool.ts';
import type { Named } from './registry.ts';
import type { Hook, Rule } from './rule.ts';

const TRIES = 8;
/** Behind what puts fragments together, before the chains of all others; those that translate stand before others that do. */
const [FIRST, DESTINATIONS, SOURCES] = [-390, -155, 55];
/** So many priorities follow each other: which of two chains of one priority is asked first nobody tells. */
const BESIDE = 40;

/** What decides nothing where no other rule follows, or decides often enough elsewhere. */
const OF_OTHERS: ReadonlySet<string> = new Set(['nft/accept', 'nft/return', 'nft/continue', 'nft/log', 'nft/drop']);

type Word = Named<'nft match'> | Named<'nft statement'>;

/**
 * One construct in a table of its own, before other rules could take the packet: some of the packets that it is about are asked, and it is
 * all that decides what becomes of them.
 */
export function drawAlone(site: Site, matches: readonly Named<'nft match'>[], statements: readonly Named<'nft statement'>[]): Drawn {
  const { dice, family } = site;
  const name = site.fresh('alone');
  const table = `${family === 4 ? 'ip' : 'ip6'} ${name}`;
  const words: readonly Word[] = dice.roll(2) === 0 ? matches : statements.filter(({ id }) => !OF_OTHERS.has(id));
  if (words.length === 0) return NOTHING;
  const one = dice.pick(words);
  for (let turn = 0; turn < TRIES; turn++) {
    const own = placeOf(site, table, numberOf(name) % BESIDE, one);
    const piece = one.draw(own);
    const aim = piece === null ? undefined : aimOf(own, piece);
    if (piece !== null && aim !== undefined) return tableOf(own, one, piece, aim);
  }
  return NOTHING;
}

const NOTHING: Drawn = { rules: [], aims: [] };

/** The table, and packets for it. */
function tableOf(own: NftSite, { id, kind }: Word, piece: Piece, wanted: Aim): Drawn {
  const { here, family, table, hooks, chainType, priority } = own;
  const isMatch = kind === 'nft match';
  const { text, aim } = some(own, piece, wanted);
  const conditions: readonly Piece[] = [...(text === '' ? [] : [{ text }]), ...(isMatch ? [piece] : [])];
  const add = (line: string, by: readonly string[]): Rule => ({ in: here.name, by, form: 'nft', text: line });
  const says = [...conditions.map((part) => part.text), 'counter', isMatch ? 'drop' : piece.text].join(' ');
  const aimed: Aimed = { ...aim, near: { namespace: here.name, hooks } };
  return {
    rules: [
      add(`add table ${table}`, []),
      add(`add chain ${table} own { type ${chainType} hook ${hooks.join().toLowerCase()} priority ${priority}; }`, ['nft/base-chain']),
      ...(piece.before ?? []),
      add(`add rule ${table} own ${says}`, isMatch ? [id, 'nft/drop'] : [id]),
      ...(isMatch ? [] : askingRules(own, 'own', conditions, piece)),
    ],
    aims: [aimed],
    talks: [{ by: null, family, aims: [aimed] }],
  };
}

/** A hook in which most packets are seen. Conditions are put where tracking has been asked, statements anywhere. */
function placeOf(site: Site, table: string, own: number, { id, kind }: Word): NftSite {
  const { dice } = site;
  const isEnd = site.here.role === 'end';
  const onward: readonly Hook[] = isEnd ? ['INPUT', 'POSTROUTING'] : ['FORWARD', 'FORWARD', 'POSTROUTING', 'INPUT'];
  const early: readonly Hook[] = isEnd ? ['PREROUTING', 'OUTPUT'] : ['PREROUTING', 'PREROUTING', 'OUTPUT'];
  const isTranslating = TRANSLATES.has(id);
  const hook = dice.pick(kind === 'nft match' ? onward : isTranslating ? [...early, 'POSTROUTING' as const] : [...onward, ...early]);
  const chainType = isTranslating ? 'nat' : 'filter';
  const priority = own + (isTranslating ? (hook === 'POSTROUTING' ? SOURCES : DESTINATIONS) : FIRST);
  return { ...site, table, hooks: [hook], chainType, priority };
}

/** What a packet must be to be asked, where such a one comes to that hook. */
function aimOf(own: NftSite, { aims, protocol }: Piece): Aim | undefined {
  const base: Aim = protocol === undefined ? {} : { protocol };
  // some have examples of one family alone
  const wanted = (aims ?? [{}]).filter((aim) => isOfFamily(aim, own.family));
  const fitting = (wanted.length === 0 ? [{}] : wanted).filter((aim) => comesHere(own, aim)).map((aim) => ({ ...base, ...aim }));
  return fitting.length === 0 ? undefined : own.dice.pick(fitting);
}

/** Whether a packet between these addresses comes to a hook: to its namespace, from it, or from one end to another. */
function comesHere({ layout, here, family, ...own }: NftSite, { source, destination, onWire }: Aim): boolean {
  const hooks = hooksOf(here, own.hooks);
  const of = (address: string): string | undefined =>
    layout.namespaces.find(({ name }) => addressesOf(layout, name, family).includes(address))?.name;
  const from = source === undefined ? undefined : of(source);
  const to = destination === undefined ? undefined : of(destination);
  if (onWire !== true && source !== undefined && (from === undefined || (from === here.name) !== hooks.includes('OUTPUT'))) return false;
  if (destination === undefined || to === undefined) return destination === undefined;
  return hooks.includes('INPUT') ? to === here.name : hooks.includes('PREROUTING') || (to !== here.name && to !== from);
}

/** Some of the packets that a rule is about, so that others of its scene go on; what has no ports is rare enough. */
function some(own: NftSite, { text, protocol }: Piece, wanted: Aim): { readonly text: string; readonly aim: Aim } {
  const { dice, layout, here, family, pool } = own;
  const hasPorts = protocol === undefined || protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp';
  if (!hasPorts) return { text: '', aim: wanted };
  if (!/port|th,/.test(text)) {
    const [kind, dport] = [protocol ?? dice.pick(['tcp', 'udp'] as const), dice.pick(pool.ports)];
    // answers come from the port that was asked
    const side = /direction reply|state established/.test(text) ? 'sport' : 'dport';
    return {
      text: `${protocol === undefined ? `meta l4proto ${kind} th` : kind} ${side} ${dport}`,
      aim: { ...wanted, protocol: kind, dport },
    };
  }
  const isSender = (name: string, role: string): boolean =>
    hooksOf(here, own.hooks).includes('OUTPUT') ? name === here.name : role === 'end' && name !== here.name;
  const isReceiver = (name: string): boolean => addressesOf(layout, name, family).includes(wanted.destination ?? '');
  const senders = layout.namespaces.filter(({ name, role }) => isSender(name, role) && !isReceiver(name));
  const sources = wanted.source === undefined ? senders.flatMap(({ name }) => addressesOf(layout, name, family)) : [wanted.source];
  if (sources.length === 0) return { text: '', aim: wanted };
  const source = dice.pick(sources);
  return { text: `${family === 4 ? 'ip' : 'ip6'} saddr ${source}`, aim: { ...wanted, source } };
}
