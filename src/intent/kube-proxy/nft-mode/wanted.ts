import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import { sorterOf } from '../answers.ts';
import { backendsOf } from '../backends.ts';
import { categoriesOf } from '../categories.ts';
import { frontsIn } from '../fronts.ts';
import { servicePorts, sortedFor } from '../service-port.ts';
import { elementsOf, type Placed } from './elements.ts';
import { type PortRules, portRules } from './port-rules.ts';
import type { Settings } from './settings.ts';

/** What one Service brings into kube-proxy's table of one family. */
export type Parts = PortRules & { readonly elements: readonly Placed[] };

/** What the objects ask a node's kube-proxy for, Service by Service; nothing where they were not all listed. */
export function wantedParts(facts: Facts, node: string, settings: Settings): ReadonlyMap<string, Parts> | undefined {
  const { family } = settings;
  const fronts = frontsIn(facts, family);
  if (fronts.is === 'gap' || !fronts.complete) return undefined;
  const ports = servicePorts(fronts.value).flatMap((port) => {
    const [front] = port.cluster;
    // it is served only in the families of its cluster addresses
    if (front === undefined) return [];
    const backends = backendsOf(facts, front.service, front.portName, front.protocol.toUpperCase(), family);
    const categories = categoriesOf(backends.is === 'gap' ? [] : backends.value, front.policy, sorterOf(facts, node));
    const sorted = sortedFor(port, categories);
    const { namespace, name } = front.service;
    return [{ service: `${namespace}/${name}`, parts: { ...portRules(port, sorted, settings), elements: elementsOf(port, sorted) } }];
  });
  const byService = grouped(ports, ({ service }) => service);
  return new Map([...byService].map(([service, own]) => [service, together(own.map(({ parts }) => parts))] as const));
}

/** The parts of several ports or Services as one. */
export const together = (all: readonly Parts[]): Parts => ({
  chains: all.flatMap(({ chains }) => chains),
  kept: all.flatMap(({ kept }) => kept),
  elements: all.flatMap(({ elements }) => elements),
});
