import type { IptablesRule } from '#facts/iptables/iptables';
import type { IndexedChain, IndexedTable } from '#dataplane/iptables';
import type { Gap } from '#snapshot/gap';
import { type Origin, originText } from '#snapshot/origin';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { placeText, type Run } from '../run.ts';
import { testOf } from './compile.ts';
import type { Context } from './context.ts';
import { effectOf, type Rewrite } from './target.ts';

/** What a table decided, by which rule or policy, and every rule that counted the packet. */
export type Verdict = {
  readonly counted: readonly Origin[];
  readonly by: readonly FactRef[];
  /** The way through the chains: `KUBE-SERVICES → KUBE-SVC-X`. */
  readonly way: string;
} & (
  | { readonly is: 'accept' | 'drop' }
  | { readonly is: 'reject'; readonly with: string }
  | { readonly is: 'rewrite'; readonly rewrite: Rewrite }
  | { readonly is: 'unknown'; readonly gap: Gap }
);

type Frame = { readonly chain: IndexedChain; at: number; readonly isGoto: boolean };

/** A rule set that jumps in circles cannot be loaded; this bounds one that was made by hand. */
const STEPS = 200_000;

/** Walks one built-in chain and the chains it leads to (net/ipv4/netfilter/ip_tables.c ipt_do_table). */
export function traverse(run: Run, table: IndexedTable, context: Context): Verdict | undefined {
  const base = table.chains.get(context.hook);
  if (base === undefined) return undefined;
  const counted: Origin[] = [];
  const by: FactRef[] = [];
  const ref = (origin: Origin): FactRef => ({ ...context.stack.cite('iptables', table.fact), origin });
  const frames: Frame[] = [{ chain: base, at: 0, isGoto: false }];
  const way = (): string => frames.map(({ chain }) => chain.name).join(' → ');
  for (let steps = 0; steps < STEPS; steps++) {
    const frame = frames.at(-1);
    if (frame === undefined) break;
    const next = nextRule(frame, context.packet);
    if (next === undefined) {
      if (frames.length === 1) return policyOf(frame.chain, table, counted, by, ref);
      leave(frames);
      if (frames.length === 0) return policyOf(base, table, counted, by, ref);
      continue;
    }
    const answer = matches(run, next, context, table, frame);
    if (answer === false) continue;
    counted.push(next.origin);
    const chain = next.target === null ? undefined : table.chains.get(next.target.name);
    if (chain !== undefined && next.target !== null) {
      if (next.target.does === 'goto') frames.push({ chain, at: 0, isGoto: true });
      else frames.push({ chain, at: 0, isGoto: false });
      if (chain.rules.length > 0) by.push(ref(next.origin));
      continue;
    }
    const effect = effectOf(next, context);
    if (effect.does === 'go on') {
      if (next.target !== null && CHANGES.has(next.target.name)) by.push(ref(next.origin));
      continue;
    }
    by.push(ref(next.origin));
    if (effect.does === 'return') {
      leave(frames);
      if (frames.length === 0) return policyOf(base, table, counted, by, ref);
      continue;
    }
    const rest = { counted, by, way: way() };
    if (effect.does === 'reject') return { is: 'reject', with: effect.with, ...rest };
    if (effect.does === 'rewrite') return { is: 'rewrite', rewrite: effect.rewrite, ...rest };
    if (effect.does === 'unknown') return { is: 'unknown', gap: gapAt(context, next, effect.detail), ...rest };
    return { is: effect.does, ...rest };
  }
  return {
    is: 'unknown',
    counted,
    by,
    way: way(),
    gap: { of: 'iptables', scope: context.stack.scope, why: 'unreadable', detail: 'the chains lead in circles' },
  };
}

/** Targets that change the packet for the rules after them. */
const CHANGES = new Set(['MARK', 'CONNMARK', 'CT', 'NOTRACK', 'TTL', 'HL']);

/** Leaves a chain; one that was reached by goto takes the chain that it came from with it. */
function leave(frames: Frame[]): void {
  for (let left = frames.pop(); left?.isGoto === true; ) left = frames.pop();
}

/** The next rule that can match, by the chain's index where it has one. */
function nextRule(frame: Frame, packet: Packet): IptablesRule | undefined {
  const { chain } = frame;
  for (const run of chain.runs) {
    if (frame.at < run.from || frame.at >= run.to) continue;
    const at = run.at.get(run.by === 'destination' ? packet.destination : packet.destinationPort) ?? [];
    const next = at.find((index) => index >= frame.at);
    frame.at = next ?? run.to;
    if (next === undefined) return nextRule(frame, packet);
  }
  return chain.rules[frame.at++];
}

function policyOf(chain: IndexedChain, table: IndexedTable, counted: Origin[], by: FactRef[], ref: (origin: Origin) => FactRef): Verdict {
  const dropped = chain.policy === 'DROP';
  const decided = dropped ? [...by, ref(chain.origin)] : by;
  return {
    is: dropped ? 'drop' : 'accept',
    counted: [...counted, chain.origin],
    by: decided,
    way: `${chain.name} policy ${chain.policy ?? 'ACCEPT'}${table.fact.family === 6 ? ' (IPv6)' : ''}`,
  };
}

/** Whether a rule matches, asking the chooser where that is chance or not known. */
function matches(run: Run, rule: IptablesRule, context: Context, table: IndexedTable, frame: Frame): boolean {
  const answer = testOf(rule)(context);
  if (typeof answer === 'boolean') return answer;
  const at = `${placeText(context.stack)} iptables ${table.fact.table} ${frame.chain.name} rule ${frame.at}`;
  // The nat table sees only the first packet of a connection.
  const scope = context.table === 'nat' ? 'connection' : 'packet';
  if ('probability' in answer) {
    const options = [
      { name: rule.target?.name ?? 'matches', probability: answer.probability },
      { name: 'does not match', probability: 1 - answer.probability },
    ];
    return run.pick({ at, of: 'statistic', scope, options }) === 0;
  }
  // Without a target, or where both ways lead to the same, it is not asked.
  if (rule.target === null || rule.target.name === 'LOG' || rule.target.name === 'NFLOG') return false;
  const where = originText(rule.origin);
  const options = [
    { name: 'does not match', probability: null },
    { name: 'matches', probability: null },
  ];
  const because = {
    gap: { ...answer.gap, detail: `${where}: ${answer.gap.detail}` },
    by: [{ ...context.stack.cite('iptables', table.fact), origin: rule.origin }],
  };
  return run.pick({ at, of: 'unmodelled match', scope, options, because }) === 1;
}

const gapAt = (context: Context, rule: IptablesRule, detail: string): Gap => ({
  of: 'iptables',
  scope: context.stack.scope,
  why: 'not modelled',
  detail: `${originText(rule.origin)}: ${detail}`,
});
