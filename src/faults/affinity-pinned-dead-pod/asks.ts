import { podNamespaces } from '#dataplane/pods';
import { serviceOf } from '#dataplane/served-endpoints';
import { endText } from '#engine/ask';
import type { Check } from '#engine/check';
import { flowCheck } from '#engine/invariants/flow-check';
import type { View } from '#engine/view';
import type { Ip } from '#net/ip';
import { type Flow, trace } from '#sim/packet/trace';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Not every pod is asked about every Service, and nobody who was not captured: every kept client is asked here. */
export function keptChecks({ node, clients, services, servers }: Found, { facts, seen }: View): readonly Check[] {
  const read = seen('ipvs-service', onNode(node));
  if (read.is === 'gap') return [];
  const pods = podNamespaces(facts);
  return read.value.flatMap((service) => {
    const { match } = service;
    const name = serviceOf(facts, service);
    if (match.by !== 'address' || !services.includes(name)) return [];
    const { address: to, protocol, port } = match;
    return clients.map((client) => {
      const words = {
        en: `${client} reaches the Service ${name} at ${to}:${port}/${protocol}`,
        zh: `${client} 能访问 Service ${name}(${to}:${port}/${protocol})`,
      };
      const own = pods.find(({ address }) => address === client);
      const flow = { from: own?.scope ?? onNode(node), to, protocol, port };
      const check = flowCheck('kept-client', `${client}→${name}`, flow, words);
      return own === undefined ? ledElsewhere(check, { ...flow, source: client as Ip }, servers) : check;
    });
  });
}

/** Whether an answer comes to a client that was not captured nobody can tell; where its packet is led to IPVS decides before. */
const ledElsewhere = ({ flow: _, ...check }: Check, flow: Flow, dead: readonly string[]): Check => ({
  ...check,
  ask: (world) => {
    const { outcomes } = trace(world, flow);
    const led = outcomes.find(({ received }) => dead.includes(`${received.destination}:${received.destinationPort}`));
    const says = led === undefined ? 'it is led to a server that takes new clients' : endText(led);
    return { result: led === undefined ? 'pass' : 'fail', probability: null, outcomes, gaps: [], says };
  },
});
