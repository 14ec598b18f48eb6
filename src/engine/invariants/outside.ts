import type { World } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { answerOf } from '#intent/kube-proxy/answers';
import { announcerOf } from '#intent/kube-proxy/announcers';
import { type Front, frontNow, frontsOf } from '#intent/kube-proxy/fronts';
import type { Ip } from '#net/ip';
import type { TracedOutcome } from '#sim/packet/outcome';
import { FRESH } from '#sim/packet/state';
import { onNode } from '#snapshot/scope';
import { judgeOutcomes } from '../ask.ts';
import type { Answered, Check } from '../check.ts';
import { clientsOf } from '../services/clients.ts';
import { programmed, type Weighed } from '../services/programmed.ts';

/** Up to so many are asked; of more, each node is asked its share, so that every front is asked somewhere. */
const MOST = 2000;

/**
 * A client outside comes to a pod where its packets come in: for an address that a node announces, at that node; for others at every
 * node, and with policy Local at those that have an endpoint, for a balancer asks which do. The way of the answer is not walked.
 */
export function outsideChecks(facts: Facts): readonly Check[] {
  const doors = facts.nodes().flatMap((node) => {
    const fronts = frontsOf(facts, node);
    return fronts.is === 'gap' ? [] : fronts.value.filter((front) => isDoor(facts, node, front)).map((front) => ({ node, front }));
  });
  const share = Math.ceil(doors.length / MOST);
  return doors.filter((_, at) => at % share === 0).flatMap(({ node, front }) => checkOf(facts, node, front));
}

function isDoor(facts: Facts, node: string, front: Front): boolean {
  if (front.kind === 'cluster IP' || front.protocol === 'sctp') return false;
  const announcer = front.kind === 'node port' ? null : announcerOf(facts, front.service, front.address).node;
  if (announcer !== null) return announcer === node;
  const [client] = clientsOf(facts, front);
  if (client === undefined) return false;
  const wanted = answerOf(facts, node, front, { is: 'outside', address: client });
  return wanted.is === 'seen' && wanted.value.is === 'endpoints';
}

function checkOf(facts: Facts, node: string, front: Front): readonly Check[] {
  const { name, kind, address, protocol, port } = front;
  const [client] = clientsOf(facts, front);
  const wanted = client === undefined ? undefined : answerOf(facts, node, front, { is: 'outside', address: client });
  // who refuses because nobody stands behind it does what is asked for
  if (client === undefined || wanted?.is !== 'seen' || wanted.value.is === 'reject' || protocol === 'sctp') return [];
  const where = `${address}:${port}/${protocol}`;
  return [
    {
      id: `outside ${node}→${name} ${where}`,
      kind: 'outside',
      from: 'invariant',
      says: {
        en: `a client outside that comes to ${node} for the ${kind} ${where} gets to a pod of ${name}`,
        zh: `外部客户端经 ${node} 访问 ${where} 能到达 ${name} 的 Pod`,
      },
      flow: { from: onNode(node), to: address, protocol, port },
      ask: (world) => asked(world, node, front, client),
    },
  ];
}

function asked(world: World, node: string, front: Front, client: Ip): Answered {
  const walked = programmed(world, node, frontNow(world.facts, node, front) ?? front, { is: 'outside', address: client });
  if (walked === null)
    return {
      result: 'unknown',
      says: `nothing was captured on ${node} that a packet could come in at`,
      gaps: [],
      outcomes: [],
      probability: null,
    };
  return judgeOutcomes(walked.fates.map(outcomeOf), walked.complete);
}

/** A way that ended at a pod worked as far as it is walked. */
function outcomeOf({ fate, probability, walk }: Weighed): TracedOutcome {
  const { disposition } = walk;
  const came = disposition === 'delivered' || disposition === 'no listener';
  const isOpen = disposition === 'unknown' || (fate.is === 'endpoint' && disposition === 'left the model');
  const works = isOpen ? 'unknown' : came && fate.is === 'endpoint' ? 'yes' : 'no';
  const answer = { kind: works === 'yes' ? 'reply' : 'unknown', after: null } as const;
  return { ...walk, works, probability, answer, reply: null, state: FRESH, choices: [] };
}
