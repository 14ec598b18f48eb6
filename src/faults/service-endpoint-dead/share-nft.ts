import { deleteNftRule, insertNftRule } from '#actions/nft-rule/preview';
import type { Action } from '#change/change';
import type { NftEndpointRule } from '#dataplane/nft-service-rules';
import type { NftElement, NftRule } from '#facts/nft/nft';
import type { Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';

type Picking = { readonly elements: readonly NftElement[]; readonly rule: NftRule };

/** The rule that picks at random as kube-proxy writes it, `numgen random mod N vmap { 0 : goto …, … }`, and nothing else. */
function pickingOf(rule: NftRule): Picking | undefined {
  const [only, ...more] = rule.statements;
  if (only?.does !== 'vmap' || more.length > 0 || rule.comment !== null) return undefined;
  const { key, data } = only;
  const isRandom = typeof key === 'object' && key.is === 'numgen' && key.mode === 'random' && key.offset === 0;
  return isRandom && typeof data === 'object' && data.is === 'set' ? { elements: data.elements, rule } : undefined;
}

const goal = ({ data }: NftElement): string | null => (typeof data === 'object' && data?.is === 'verdict' ? data.chain : null);

/** The same rule with fewer endpoints, each with its share. */
function withOnly({ rule }: Picking, left: readonly NftElement[]): NftRule {
  const elements = left.map((element, at) => ({ ...element, key: at }));
  const words = elements.map((element) => `${element.key} : goto ${goal(element)}`).join(', ');
  return {
    ...rule,
    text: `numgen random mod ${elements.length} vmap { ${words} }`,
    statements: [
      {
        does: 'vmap',
        key: { is: 'numgen', mode: 'random', modulus: elements.length, offset: 0 },
        data: { is: 'set', elements },
      },
    ],
  };
}

/**
 * The steps that take endpoints out of one chain of nftables mode: the rule that picks is first inserted with those that are left before
 * the old one, and rules that lead clients back to the dead ones go. None where nothing would be left.
 */
export function withoutNftEndpoints(endpoints: ReadonlySet<Ip>, rules: readonly NftEndpointRule[]): readonly Action[] {
  const dead = new Set(rules.flatMap(({ endpoint, target }) => (endpoints.has(endpoint) ? [target] : [])));
  const picking = rules.filter(({ kept }) => kept === null)[0];
  const own = picking === undefined ? undefined : pickingOf(picking.rule);
  if (picking === undefined || own === undefined) return [];
  const left = own.elements.filter((element) => !dead.has(goal(element) ?? ''));
  if (left.length === 0) return [];
  const { node, table, chain, position, rule } = picking;
  const remove = (at: number, one: NftRule): Action => deleteNftRule(onNode(node), table, chain.name, at, one);
  const back = rules
    .filter(({ kept, target }) => kept !== null && dead.has(target))
    .toSorted((one, other) => other.position - one.position);
  // from the last to the first, so that no place moves before its turn
  return [
    ...(left.length === own.elements.length
      ? []
      : [insertNftRule(onNode(node), table, chain.name, position, withOnly(own, left)), remove(position + 1, rule)]),
    ...back.map((one) => remove(one.position, one.rule)),
  ];
}
