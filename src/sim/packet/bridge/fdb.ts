import type { Fdb } from '#facts/fdb/fdb';
import type { Link } from '#facts/link/link';
import { isGroupMac, type Mac, ZERO_MAC } from '#net/mac';
import { fdbKey } from '#dataplane/neighbours';
import type { Stack } from '#dataplane/stack';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import { untold } from '../untold.ts';
import { portsOf } from './ports.ts';
import { isMember } from './vlan.ts';

/** Where a bridge knows an address: on the machine itself, or behind a port. */
export type Known =
  | { readonly is: 'own'; readonly port: Link | undefined; readonly by: readonly FactRef[] }
  | { readonly is: 'behind'; readonly port: Link; readonly by: readonly FactRef[] };

const entriesOf = (stack: Stack, bridge: Link, mac: Mac): readonly Fdb[] =>
  stack.fdb.is === 'seen' ? (stack.fdb.table.bridges.get(fdbKey(bridge.name, mac)) ?? []) : [];

const isOfVlan =
  (vlan: number) =>
  ({ vlan: own }: Fdb): boolean =>
    (own ?? 0) === vlan;

/** An address of the machine itself does not move; one that was set by hand does, unless it is sticky. */
const isFixed = ({ state, local }: Fdb): boolean => local === true || state === 'permanent';

/** Looks an address up (net/bridge/br_fdb.c br_fdb_find_rcu): the machine's own, what was learnt on the way, what was captured. */
export function find(run: Run, stack: Stack, bridge: Link, mac: Mac, vlan: number): Known | undefined {
  const entries = entriesOf(stack, bridge, mac).filter(isOfVlan(vlan));
  const own = entries.find(({ local }) => local === true);
  const holder = holderOf(stack, bridge, mac, vlan);
  if (own !== undefined || holder !== undefined) {
    const port = holder === bridge ? undefined : holder;
    const by = own === undefined ? [stack.cite('link', holder ?? bridge)] : [stack.cite('fdb', own)];
    return { is: 'own', port: own === undefined ? port : own.dev === bridge.name ? undefined : (stack.link(own.dev) ?? port), by };
  }
  const learnt = run.notes.learntPort(`${stack.key} ${bridge.name}`, vlan, mac);
  const fresh = learnt === undefined ? undefined : stack.link(learnt);
  if (fresh !== undefined) return { is: 'behind', port: fresh, by: [] };
  const entry = entries.find(({ local }) => local !== true);
  const behind = entry === undefined ? undefined : stack.link(entry.dev);
  if (entry === undefined || behind === undefined || isGone(run, stack, bridge, entry)) return undefined;
  return { is: 'behind', port: behind, by: [stack.cite('fdb', entry)] };
}

/**
 * The port that has an address itself, or the bridge: those are in every table, also where that was not read, for each VLAN that the one or
 * the other is a member of (br_fdb_add_local, net/bridge/br_vlan.c __vlan_add).
 */
const holderOf = (stack: Stack, bridge: Link, mac: Mac, vlan: number): Link | undefined =>
  [...portsOf(stack, bridge), bridge].find((one) => one.mac === mac && isMember(stack, one, vlan));

/** An entry that is too old may be swept away before the next frame: nobody can tell (br_fdb_cleanup). */
function isGone(run: Run, stack: Stack, bridge: Link, entry: Fdb): boolean {
  if (entry.state !== 'stale') return false;
  const detail = `${bridge.name} has not heard of ${entry.mac} for longer than its ageing time: it may have forgotten it`;
  const [at, by] = [`fdb ${bridge.name} ${entry.mac}`, [stack.cite('fdb', entry)]];
  const missing = { of: 'fdb', why: 'not modelled' } as const;
  return untold(run, stack, { at, of: 'ageing', options: ['still known', 'forgotten'], detail, missing, by }) === 1;
}

/** Learns where a frame came from (br_fdb_update). */
export function learn(run: Run, stack: Stack, bridge: Link, port: Link, mac: Mac, vlan: number): void {
  if (port.port?.learning === false || isGroupMac(mac) || mac === ZERO_MAC || bridge.bridge?.ageingSeconds === 0) return;
  if (holderOf(stack, bridge, mac, vlan) !== undefined) return;
  const entries = entriesOf(stack, bridge, mac).filter(isOfVlan(vlan));
  if (entries.some(isFixed)) return;
  const table = `${stack.key} ${bridge.name}`;
  const noted = run.notes.learntPort(table, vlan, mac);
  // a station that moved may move back
  if (noted === undefined && entries.some(({ dev, state }) => dev === port.name && state !== 'stale')) return;
  if (noted !== port.name) run.notes.learnPort(table, vlan, mac, port.name);
}

/** Whether a locked port lets a source in: only one that is known behind it (BR_PORT_LOCKED). */
export function isLetIn(run: Run, stack: Stack, bridge: Link, port: Link, mac: Mac, vlan: number): boolean {
  if (port.port?.locked !== true) return true;
  const known = find(run, stack, bridge, mac, vlan);
  return known?.is === 'behind' && known.port === port;
}
