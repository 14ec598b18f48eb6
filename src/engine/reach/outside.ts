import type { World } from '#dataplane/world';
import { announcersOf } from '#intent/kube-proxy/announcers';
import { type Front, frontsOf } from '#intent/kube-proxy/fronts';
import { ingressControllerOf } from '#intent/kube-proxy/ingress-controllers';
import type { Ip } from '#net/ip';
import { programmed, type Weighed } from '../services/programmed.ts';
import type { ByPath } from './by-path.ts';
import type { ReachEnd } from './end.ts';
import type { AskedPort } from './policy-side.ts';

/** A door of a Service for clients outside: a front, at the node where their packets come in. */
type Door = { readonly node: string; readonly front: Front; readonly says: string };

/**
 * The way of a client outside to a Service: to the node that announces its load-balancer address, else to each node that may be
 * sent to, and from there to a pod. The way of the answer leaves what was captured and is not walked.
 */
export function outsidePath(world: World, client: Ip, to: ReachEnd, asked: AskedPort): ByPath {
  const doors = doorsOf(world, to, asked);
  if (doors.length === 0) return answer('no', `${to.name} has no address for clients outside at this port`);
  const ways = doors.map((door) => ({
    door,
    fates: programmed(world, door.node, door.front, { is: 'outside', address: client })?.fates ?? [],
  }));
  const judged = ways.flatMap(({ door, fates }) =>
    fates.length === 0
      ? [{ door, is: 'unknown', says: 'nothing could be walked' } as const]
      : fates.map((fate) => ({ door, ...endOf(fate) })),
  );
  const kinds = new Set(judged.map(({ is }) => is));
  const wanted = kinds.has('no') ? 'no' : kinds.has('unknown') ? 'unknown' : 'yes';
  const shown = judged.find(({ is }) => is === wanted);
  const is = wanted === 'no' && kinds.has('yes') ? 'partly' : wanted;
  const controller = to.service === null ? null : ingressControllerOf(to.service);
  const who = controller === null ? '' : `; behind it stands ${controller}, which passes requests on by names that are not looked at here`;
  return answer(is, shown === undefined ? '' : `${shown.door.says}: ${shown.says}${who}`);
}

const answer = (is: ByPath['is'], says: string): ByPath => ({
  is,
  failing: is === 'yes' ? 0 : is === 'no' ? 1 : null,
  says,
  flow: null,
  shown: null,
});

function doorsOf(world: World, { service }: ReachEnd, asked: AskedPort): readonly Door[] {
  if (service === null || asked === null) return [];
  const port = service.ports.find((one) => one.port === asked.port && one.protocol === asked.protocol);
  const announced = new Map(announcersOf(world.facts, service).map((one) => [one.address, one] as const));
  return world.facts.nodes().flatMap((node) => {
    const fronts = frontsOf(world.facts, node);
    const own =
      fronts.is === 'gap'
        ? []
        : fronts.value.filter((front) => front.service === service && front.portName === port?.name && front.kind !== 'cluster IP');
    return own.flatMap((front): readonly Door[] => {
      const announcer = front.kind === 'load balancer' ? announced.get(front.address) : undefined;
      if (announcer?.node != null && announcer.node !== node) return [];
      const by =
        announcer === undefined ? '' : announcer.node === null ? `, announced by ${announcer.by}` : `, announced there by ${announcer.by}`;
      return [{ node, front, says: `${front.kind} ${front.address}:${front.port} at ${node}${by}` }];
    });
  });
}

function endOf({ fate, walk }: Weighed): { readonly is: 'yes' | 'no' | 'unknown'; readonly says: string } {
  if (fate.is === 'unknown') return { is: 'unknown', says: fate.gap.detail };
  if (fate.is !== 'endpoint') return { is: 'no', says: `packets are ${fate.is}` };
  const there = `${fate.address}:${fate.port}`;
  if (walk.disposition === 'delivered' || walk.disposition === 'no listener') return { is: 'yes', says: `packets come to ${there}` };
  const is = walk.disposition === 'unknown' || walk.disposition === 'left the model' ? 'unknown' : 'no';
  return { is, says: `on the way to ${there}: ${walk.disposition} on ${walk.at.node}: ${walk.reason.says}` };
}
