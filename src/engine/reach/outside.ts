import type { World } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { answerOf } from '#intent/kube-proxy/answers';
import { announcerOf } from '#intent/kube-proxy/announcers';
import { type Front, frontsOf } from '#intent/kube-proxy/fronts';
import { ingressControllerOf } from '#intent/kube-proxy/ingress-controllers';
import { familyOf, type Ip } from '#net/ip';
import { walkText } from '../ask.ts';
import { programmed, type Weighed } from '../services/programmed.ts';
import type { ByPath } from './by-path.ts';
import type { ReachEnd } from './end.ts';
import type { AskedPort } from './policy-side.ts';

/** A door of a Service for clients outside: a front, at the node where their packets come in. */
type Door = {
  readonly node: string;
  readonly front: Front;
  /** Whether a balancer picks the node. */
  readonly isChosen: boolean;
  readonly says: string;
};

/**
 * The way of a client outside to a Service, or to one of the addresses at which it is found: to the node that announces its
 * load-balancer address, else to each node that may be sent to, and from there to a pod. The way of the answer leaves what was
 * captured and is not walked. `null`: the address is no Service's.
 */
export function outsidePath(world: World, client: Ip, to: ReachEnd, asked: AskedPort): ByPath | null {
  const own = doorsOf(world.facts, to, asked).filter(({ front }) => front.family === familyOf(client));
  const doors = sentTo(world.facts, client, own);
  const who = `clients of IPv${familyOf(client)} outside`;
  if (doors.length === 0) return to.service === null ? null : answer('no', `${to.name} has no address for ${who} at this port`);
  const ways = doors.map((door) => ({
    door,
    fates: programmed(world, door.node, door.front, { is: 'outside', address: client })?.fates ?? [],
  }));
  const judged = ways.flatMap(({ door, fates }) =>
    fates.length === 0
      ? [{ door, is: 'unknown', says: 'nothing could be walked' } as const]
      : fates.map((fate) => ({ door, ...endOf(fate, () => meantBy(world.facts, client, door)) })),
  );
  const kinds = new Set(judged.map(({ is }) => is));
  const wanted = kinds.has('no') ? 'no' : kinds.has('unknown') ? 'unknown' : 'yes';
  const shown = judged.find(({ is }) => is === wanted);
  const is = wanted === 'no' && kinds.has('yes') ? 'partly' : wanted;
  const service = to.service ?? doors[0]?.front.service ?? null;
  const controller = service === null ? null : ingressControllerOf(service);
  const behind =
    controller === null ? '' : `; behind it stands ${controller}, which passes requests on by names that are not looked at here`;
  return answer(is, shown === undefined ? '' : `${shown.door.says}: ${shown.says}${behind}`);
}

const answer = (is: ByPath['is'], says: string): ByPath => ({
  is,
  failing: is === 'yes' ? 0 : is === 'no' ? 1 : null,
  says,
  flow: null,
  shown: null,
});

function doorsOf(facts: Facts, to: ReachEnd, asked: AskedPort): readonly Door[] {
  if (asked === null) return [];
  return facts.nodes().flatMap((node) => {
    const fronts = frontsOf(facts, node);
    const own = fronts.is === 'gap' ? [] : fronts.value.filter((front) => front.kind !== 'cluster IP' && isMeant(front, to, asked));
    return own.flatMap((front): readonly Door[] => {
      const announcer = front.kind === 'load balancer' ? announcerOf(facts, front.service, front.address) : undefined;
      if (announcer?.node != null && announcer.node !== node) return [];
      const by =
        announcer === undefined ? '' : announcer.node === null ? `, announced by ${announcer.by}` : `, announced there by ${announcer.by}`;
      const isChosen = announcer?.node === null;
      return [{ node, front, isChosen, says: `${front.kind} ${front.address}:${front.port} at ${node}${by}` }];
    });
  });
}

/** Whether a front is the asked port of a Service, or stands at the asked address itself. */
function isMeant(front: Front, { service, address }: ReachEnd, asked: NonNullable<AskedPort>): boolean {
  if (front.protocol.toUpperCase() !== asked.protocol) return false;
  if (service === null) return front.address === address && front.port === asked.port;
  const port = service.ports.find((one) => one.port === asked.port && one.protocol === asked.protocol);
  return front.service === service && front.portName === port?.name;
}

/** Why a node is to turn a client away, where it is. */
function meantBy(facts: Facts, client: Ip, { node, front }: Door): string {
  const wanted = answerOf(facts, node, front, { is: 'outside', address: client });
  return wanted.is === 'gap' || wanted.value.is === 'endpoints' ? '' : `; the Service asks for that: ${wanted.value.because}`;
}

/** With policy Local a balancer that picks nodes asks each by its health check, and sends to none without an endpoint. */
function sentTo(facts: Facts, client: Ip, doors: readonly Door[]): readonly Door[] {
  const left = doors.filter(({ node, front, isChosen }) => {
    if (!isChosen || front.policy.external !== 'Local') return true;
    const wanted = answerOf(facts, node, front, { is: 'outside', address: client });
    return wanted.is === 'gap' || wanted.value.is !== 'drop';
  });
  return left.length > 0 ? left : doors;
}

function endOf({ fate, walk }: Weighed, meant: () => string): { readonly is: 'yes' | 'no' | 'unknown'; readonly says: string } {
  if (fate.is === 'unknown') return { is: 'unknown', says: fate.gap.detail };
  if (fate.is !== 'endpoint') return { is: 'no', says: `${walkText(walk)}${meant()}` };
  const there = `${fate.address}:${fate.port}`;
  if (walk.disposition === 'delivered' || walk.disposition === 'no listener') return { is: 'yes', says: `packets come to ${there}` };
  const is = walk.disposition === 'unknown' || walk.disposition === 'left the model' ? 'unknown' : 'no';
  return { is, says: `on the way to ${there}: ${walkText(walk)}` };
}
