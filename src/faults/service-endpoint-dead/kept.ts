import type { EndpointRule } from '#dataplane/service-rules';
import type { View } from '#engine/view';
import type { MatchExtension } from '#facts/iptables/iptables';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';

/** Clients that session affinity leads back to an endpoint, and for how long after their last packet. */
export type Keeping = {
  readonly services: readonly string[];
  readonly seconds: number;
  /** Whom the nodes' lists hold, where they were read. */
  readonly clients: readonly FactOf<'recent-address'>[];
};

const optionOf = (match: MatchExtension | undefined, wanted: string): string | undefined =>
  match?.options.find(({ name }) => name.replace(/^-+/, '') === wanted)?.values[0];

const askedIn = ({ rule }: EndpointRule): MatchExtension | undefined => rule.matches.find(({ name }) => name === 'recent');

/** Whether a jump is for clients that are kept at its endpoint. */
export const isForKept = (rule: EndpointRule): boolean => askedIn(rule) !== undefined;

/** How the Services of some jumps keep their clients; nothing where none does. */
export function keepingOf(rules: readonly EndpointRule[], view: View): Keeping | null {
  const keeping = rules.filter(isForKept);
  const [first] = keeping;
  if (first === undefined) return null;
  const clients = keeping.flatMap((rule) => {
    const lists = view.seen('recent-address', onNode(rule.node));
    const list = optionOf(askedIn(rule), 'name');
    return lists.is === 'gap' ? [] : lists.value.filter((one) => one.list === list);
  });
  return {
    services: [...new Set(keeping.map(({ service }) => service))],
    seconds: Number(optionOf(askedIn(first), 'seconds') ?? 0),
    clients,
  };
}
