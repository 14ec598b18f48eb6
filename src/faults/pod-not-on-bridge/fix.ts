import { setHairpin, setLinkMaster } from '#actions/link/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Whether the other ports of the bridge send frames back where they came from. */
function siblingsHairpin(facts: Facts, { node, bridge }: Found): boolean {
  const links = facts.seen('link', onNode(node));
  return links.is === 'seen' && links.value.some(({ master, port }) => master === bridge && port?.hairpin === true);
}

/** Attaches the veth as its siblings are. */
export function fix(params: Found, facts: Facts): Plan {
  const { node, device, bridge, pod } = params;
  const scope = onNode(node);
  return {
    steps: [setLinkMaster(scope, device, bridge), ...(siblingsHairpin(facts, params) ? [setHairpin(scope, device, true)] : [])],
    blast: { en: `only ${pod}`, zh: `只影响 ${pod}` },
    lasting: {
      en: `do not delete ${bridge} under running pods: drain the node first, or delete its pods afterwards`,
      zh: `不要在有 Pod 运行时删除 ${bridge}：先驱逐节点上的 Pod，或之后重建它们`,
    },
  };
}
