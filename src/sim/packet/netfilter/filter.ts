import type { IptablesTable } from '#facts/iptables/iptables';
import type { NftTable } from '#facts/nft/nft';
import { memoised } from '#dataplane/memo';
import type { End } from '../next.ts';
import type { Hook } from '../iptables/context.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { isIdle, type Station } from './order.ts';
import { type At, deviceOf } from './place.ts';
import { doubted } from '../trail.ts';
import { pass } from './station.ts';

type Registrant = readonly Station[];

/** All that filters at one priority. Where several registered there, nobody tells who comes first: that is asked only when one of them did something to the packet. */
export function filtered(run: Run, skb: Skb, at: At, registrants: readonly Registrant[]): Skb | End {
  const [only] = registrants;
  if (only !== undefined && registrants.length === 1) return inTurn(run, skb, at, only);
  const present = registrants.filter((stations) => stations.some((station) => isPresent(station, at.hook)));
  const [first, second] = present;
  if (first === undefined || second === undefined) return inTurn(run, skb, at, registrants.flat());
  if (present.some((stations) => stations.some(remembers)) && isSecondFirst(run, skb, at, present))
    return inTurn(run, skb, at, present.toReversed().flat());
  const connection = skb.track?.connection ?? null;
  const mark = connection?.mark;
  let now = skb;
  for (const [index, stations] of present.entries()) {
    const next = inTurn(run, now, at, stations);
    const after = 'stage' in next ? next.skb : next;
    if (after.packet !== skb.packet || after.track !== skb.track || connection?.mark !== mark) {
      if (!isSecondFirst(run, skb, at, present)) return 'stage' in next ? next : inTurn(run, next, at, present.slice(index + 1).flat());
      if (connection !== null && mark !== undefined) connection.mark = mark;
      return inTurn(run, skb, at, present.toReversed().flat());
    }
    if ('stage' in next) {
      // had this one come first, those before it would not have been asked
      const told = now === skb ? next : { ...next, skb: { ...next.skb, trail: doubted(next.skb.trail, skb.trail, now.trail) } };
      return index === present.length - 1 ? told : contested(run, now, at, told, present, index);
    }
    now = next;
  }
  return now;
}

function inTurn(run: Run, skb: Skb, at: At, stations: readonly Station[]): Skb | End {
  let now = skb;
  for (const station of stations) {
    const next = pass(run, now, at, station);
    if ('stage' in next) return next;
    now = next;
  }
  return now;
}

/** A packet that one of several ends: another one may have ended it before, and otherwise. */
function contested(run: Run, skb: Skb, at: At, stopped: End, present: readonly Registrant[], index: number): End {
  if (!isSecondFirst(run, skb, at, present)) return stopped;
  const next = inTurn(run, skb, at, present.slice(index + 1).flat());
  return 'stage' in next ? next : stopped;
}

/** Asks which of two that hang at the same priority comes first: who registered last does. */
function isSecondFirst(run: Run, { stack }: Skb, at: At, present: readonly Registrant[]): boolean {
  const names = present.map(nameOf);
  const options = [
    { name: `${names[0]} first`, probability: null },
    { name: `${names[1]} first`, probability: null },
  ];
  const detail = `${names.join(' and ')} hang at the same priority of ${at.hook}; which comes first is not told`;
  const gap = { of: 'nft', scope: stack.scope, why: 'not told', detail } as const;
  const place = `${placeText(stack)} ${at.hook} ${deviceOf(at) ?? ''} order of ${names.join(', ')}`;
  return run.pick({ at: place, of: 'order', scope: 'connection', options, because: { gap, by: [] } }) === 1;
}

const nameOf = ([station]: Registrant): string => {
  if (station === undefined) return '';
  if (station.is === 'nft') return `nft ${station.base.table.family} ${station.base.table.name}`;
  return `iptables ${station.table.fact.backend ?? ''} ${station.table.fact.table}`.replace('  ', ' ');
};

/** A chain without rules that accepts changes nothing; what other hooks ask of the same table is not asked here. */
const isPresent = (station: Station, hook: Hook): boolean =>
  station.is === 'nft' ? station.base.chain.rules.length > 0 || station.base.hook.policy === 'drop' : !isIdle(station, hook);

const tableRemembers = memoised((fact: IptablesTable): boolean =>
  fact.chains.some(({ rules }) => rules.some(({ target }) => target?.name === 'SET' || target?.name === 'TPROXY')),
);

const nftRemembers = memoised((table: NftTable): boolean =>
  table.chains.some(({ rules }) => rules.some(({ statements }) => statements.some(({ does }) => does === 'tproxy'))),
);

/** Whether it can change what others look at, beside the packet and its connection: that cannot be taken back to see it in another order. */
const remembers = (station: Station): boolean =>
  station.is === 'nft' ? nftRemembers(station.base.table) : tableRemembers(station.table.fact);
