import { endedBy, openGaps } from '#engine/ended';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { IptablesChain, IptablesTable } from '#facts/iptables/iptables';
import { forwardPolicySetter } from '#facts/iptables/owner';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Policy = { readonly table: IptablesTable; readonly chain: IptablesChain };

const forwardChains = (tables: readonly IptablesTable[]): readonly Policy[] =>
  tables
    .filter(({ family, table }) => family === 4 && table === 'filter')
    .flatMap((table) => table.chains.filter(({ name }) => name === 'FORWARD').map((chain) => ({ table, chain })));

/** The policy that failing flows on this node ended by. */
const deadly = (node: string, view: View, tables: readonly IptablesTable[]): Policy | undefined =>
  forwardChains(tables).find(({ chain }) => chain.policy === 'DROP' && endedBy(view, node, chain).length > 0);

function ruling(node: string, view: View, tables: readonly IptablesTable[]): Ruling<Found> {
  const deadlyOne = deadly(node, view, tables);
  const chains = forwardChains(tables);
  if (deadlyOne !== undefined) {
    const processes = view.seen('process', onNode(node));
    const running = processes.is === 'seen' ? processes.value.map(({ name }) => name) : [];
    const setBy = forwardPolicySetter(tables, running);
    return found({ node, backend: deadlyOne.table.backend ?? null, setBy }, [deadlyOne.chain]);
  }
  const drops = chains.filter(({ chain }) => chain.policy === 'DROP');
  const gaps = openGaps(view, node);
  return drops.length > 0 && gaps.length > 0 ? unknown(...gaps) : absent(chains.map(({ chain }) => chain));
}

/** A policy of FORWARD that drops pod packets, for no rule accepts them before. */
export default defineFault<Node, Found>({
  id: 'forward-policy-drop',
  area: 'node',
  severity: 'error',
  needs: ['iptables', 'process'],
  lookAlikes: ['ip-forward-off', 'host-firewall-rule', 'rp-filter-strict', 'vxlan-vtep-mac-stale'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const tables = view.seen('iptables', onNode(node));
    if (tables.is === 'gap') return unknown(tables.gap);
    if (!tables.complete && forwardChains(tables.value).length === 0) return unknown(notRead(node));
    const ruled = ruling(node, view, tables.value);
    return ruled.is === 'absent' && ruled.evidence.length === 0 ? absent(tables.origins) : ruled;
  },
  texts: text,
  fix: (_, params, view) => {
    const tables = view.seen('iptables', onNode(params.node));
    const table = tables.is === 'seen' ? deadly(params.node, view, tables.value)?.table : undefined;
    return fix(params, table ?? { family: 4, backend: undefined, table: 'filter' });
  },
});

const notRead = (node: string) =>
  ({
    of: 'iptables',
    scope: onNode(node),
    why: 'not collected',
    detail: `the filter table of ${node} was not read`,
    capture: 'iptables-save -c',
  }) as const;
