import type { Facts } from '#facts/facts';
import { type PlacedRule, placedText, ruleAt } from '#facts/iptables/deadly';
import { chainOwner, ruleOwner } from '#facts/iptables/owner';
import { nftRuleAt, type PlacedNftRule, placedNftText } from '#facts/nft/deadly';
import { programOfTable } from '#intent/owner/names';
import type { Walk } from '#sim/packet/outcome';
import type { Gap } from '#snapshot/gap';
import type { Scope } from '#snapshot/scope';
import type { Evidence } from './ruling.ts';

/** What killed a packet: a rule with its place or a chain's policy, of iptables (either backend) or of native nftables. */
export type Deadly = ({ readonly is: 'iptables' } & PlacedRule) | ({ readonly is: 'nft' } & PlacedNftRule);

/** The rule or policy that ended a packet's way, in the namespace where it ended. */
export function deadlyOf(facts: Facts, { at, reason }: Walk): Deadly | undefined {
  if (reason.code !== 'NETFILTER_DROP') return undefined;
  const scope = { node: at.node, netns: at.netns };
  const cited = reason.by.find(({ kind }) => kind === 'iptables' || kind === 'nft');
  if (cited === undefined) return undefined;
  if (cited.kind === 'nft') {
    const tables = facts.seen('nft', scope);
    const placed = tables.is === 'gap' ? undefined : nftRuleAt(tables.value, cited.origin);
    return placed === undefined ? undefined : { is: 'nft', ...placed };
  }
  const tables = facts.seen('iptables', scope);
  const placed = tables.is === 'gap' ? undefined : ruleAt(tables.value, cited.origin);
  return placed === undefined ? undefined : { is: 'iptables', ...placed };
}

/** Its table: `filter`, or `inet filter` of nftables. */
export const deadlyTable = (it: Deadly): string => (it.is === 'nft' ? `${it.table.family} ${it.table.name}` : it.table.table);

/** As a person reads it. */
export const deadlyText = (it: Deadly): string => (it.is === 'nft' ? placedNftText(it) : placedText(it));

export const deadlyEvidence = ({ rule, chain }: Deadly): Evidence => rule ?? chain;

/** The program that made it; `null`: a person, or one that is not known. */
export function deadlyOwner(it: Deadly): string | null {
  if (it.is === 'nft') return programOfTable(it.table.name);
  return it.rule === null ? chainOwner(it.chain.name) : ruleOwner(it.chain.name, it.rule);
}

/** Whether it is the policy by which forwarded packets end that no rule accepts. */
export function isForwardPolicy(it: Deadly): boolean {
  if (it.rule !== null) return false;
  return it.is === 'nft' ? it.chain.base?.hook === 'forward' : it.chain.name === 'FORWARD' && it.table.table === 'filter';
}

/** Why not all rules of a namespace are known. */
export function unreadRules(facts: Facts, scope: Scope): readonly Gap[] {
  const [tables, nft] = [facts.seen('iptables', scope), facts.seen('nft', scope)];
  return [...(tables.is === 'gap' ? [tables.gap] : []), ...(nft.is === 'gap' ? [nft.gap] : [])];
}

/** All tables of rules in a namespace that were read. */
export function rulesRead(facts: Facts, scope: Scope): readonly Evidence[] {
  const [tables, nft] = [facts.seen('iptables', scope), facts.seen('nft', scope)];
  const read = [...(tables.is === 'gap' ? [] : tables.value), ...(nft.is === 'gap' ? [] : nft.value)];
  return read.length > 0 || tables.is === 'gap' ? read : tables.origins;
}
