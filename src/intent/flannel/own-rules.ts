import type { Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { IptablesChain, IptablesRule, IptablesTable } from '#facts/iptables/iptables';
import { comment, type Match, type Wanted as Words, writtenRule } from '#facts/iptables/written-rule';
import { type Cidr, cidr } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import { flanneldSwitch } from './daemon.ts';

/** What a rule of flanneld's says beside its comment. */
type Wanted = Pick<Words, 'source' | 'destination'> & {
  readonly mark?: string;
  readonly target: string;
  readonly fully?: boolean;
};

/** A chain of flanneld's own, and the built-in one that leads to it. */
type OwnChain = {
  readonly table: IptablesTable['table'];
  readonly name: string;
  readonly from: string;
  readonly comment: string;
  readonly rules: readonly Wanted[];
};

const MULTICAST = cidr`224.0.0.0/4`;
/** kube-proxy's mark of what it masquerades itself (pkg/trafficmngr). */
const KUBE_PROXY_MARK = '0x4000/0x4000';

const is = (value: Cidr) => ({ value, not: false });
const not = (value: Cidr) => ({ value, not: true });

const forwarding = (network: Cidr): OwnChain => ({
  table: 'filter',
  name: 'FLANNEL-FWD',
  from: 'FORWARD',
  comment: 'flanneld forward',
  rules: [
    { source: is(network), target: 'ACCEPT' },
    { destination: is(network), target: 'ACCEPT' },
  ],
});

const masquerading = (network: Cidr, subnet: Cidr, fully: boolean): OwnChain => ({
  table: 'nat',
  name: 'FLANNEL-POSTRTG',
  from: 'POSTROUTING',
  comment: 'flanneld masq',
  rules: [
    { mark: KUBE_PROXY_MARK, target: 'RETURN' },
    { source: is(subnet), destination: is(network), target: 'RETURN' },
    { source: is(network), destination: is(subnet), target: 'RETURN' },
    { source: not(network), destination: is(subnet), target: 'RETURN' },
    { source: is(network), destination: not(MULTICAST), target: 'MASQUERADE', fully },
    { source: not(network), destination: is(network), target: 'MASQUERADE', fully },
  ],
});

/**
 * The rules of a flanneld that starts, as measured with v0.28.4: each of its chains is emptied and filled anew, the jump to it goes
 * to the end of FORWARD or POSTROUTING wherever it was, and no policy is changed, though its log says so.
 */
export function ownRules(facts: Facts, node: string, network: Cidr, subnet: Cidr): readonly Edit[] {
  const scope = onNode(node);
  const read = facts.seen('iptables', scope);
  const tables = read.is === 'seen' ? read.value : [];
  const wanted = [
    ...(flanneldSwitch(facts, node, 'iptables-forward-rules', true) === true ? [forwarding(network)] : []),
    ...(masquerades(facts, node) === true ? [masquerading(network, subnet, isFullyRandom(tables))] : []),
  ];
  return wanted.flatMap((own): Edit[] => {
    const table = tableOf(tables, own);
    return table === undefined ? [] : [{ op: 'put', kind: 'iptables', scope, fact: { ...table, chains: renewed(table, own) } }];
  });
}

/** Whether flanneld masquerades: by its flag, else by what it wrote down at its last start. */
export function masquerades(facts: Facts, node: string): boolean | undefined {
  const told = flanneldSwitch(facts, node, 'ip-masq', false);
  if (told !== undefined) return told;
  const files = facts.seen('subnet-env', onNode(node));
  return files.is === 'seen' ? files.value[0]?.ipMasq : undefined;
}

/** An iptables before 1.6.2 knows no `--random-fully`: then the rules of the last start have none. */
function isFullyRandom(tables: readonly FactOf<'iptables'>[]): boolean {
  const chains = tables.flatMap((table) => table.chains).filter(({ name }) => name === 'FLANNEL-POSTRTG');
  const targets = chains.flatMap(({ rules }) => rules.flatMap(({ target }) => (target?.name === 'MASQUERADE' ? [target] : [])));
  return targets.every(({ options }) => options.some(({ name }) => name === '--random-fully'));
}

/** The table that flanneld's iptables speaks to: the one with its chain, else the only one; of two backends nothing says which. */
function tableOf(tables: readonly FactOf<'iptables'>[], { table: wanted, name }: OwnChain): FactOf<'iptables'> | undefined {
  const possible = tables.filter(({ table, family }) => table === wanted && family === 4);
  return possible.find(({ chains }) => chains.some((chain) => chain.name === name)) ?? (possible.length === 1 ? possible[0] : undefined);
}

function renewed({ chains }: IptablesTable, own: OwnChain): readonly IptablesChain[] {
  const rules = own.rules.map((wanted) => ruleOf(own.name, own.comment, wanted));
  const jump = ruleOf(own.from, own.comment, { target: own.name });
  const made: IptablesChain = { name: own.name, origin: ORIGIN, policy: null, counters: NONE, rules };
  const there = chains.some(({ name }) => name === own.name) ? chains : [...chains, made];
  return there.map((chain) => {
    if (chain.name === own.name) return { ...chain, rules };
    if (chain.name !== own.from) return chain;
    return { ...chain, rules: [...chain.rules.filter(({ text }) => text !== jump.text), jump] };
  });
}

const ORIGIN = { file: '', edited: { by: 'flanneld', was: undefined } };
const NONE = { packets: 0, bytes: 0 };

/** A rule as flanneld writes it, which no packet has met yet. */
function ruleOf(chain: string, words: string, { source, destination, mark, target, fully }: Wanted): IptablesRule {
  const marked: readonly Match[] = mark === undefined ? [] : [['mark', ['--mark', mark]]];
  const rule = writtenRule(chain, {
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
    matches: [...marked, comment(words)],
    target,
    options: fully === true ? [['--random-fully', null]] : [],
  });
  return { origin: ORIGIN, counters: NONE, ...rule };
}
