import { memoised } from '#dataplane/memo';
import type { IptablesTable } from '#facts/iptables/iptables';
import type { Gap } from '#snapshot/gap';
import type { Context } from './context.ts';
import { notTold } from './not-told.ts';

const marksTemplates = memoised((fact: IptablesTable): boolean =>
  fact.chains
    .flatMap(({ rules }) => rules)
    .some(({ target }) => target?.name === 'CONNMARK' && !target.options.some(({ name }) => name.endsWith('restore-mark'))),
);

/**
 * Why bits of the mark of what `-j CT` attached are not known: a rule has one template for all packets (net/netfilter/xt_CT.c
 * xt_ct_tg_check), so whatever packet was marked before marked it for good. Nothing for a connection, where no rule marks, or where one has
 * written these bits on the packet's way.
 */
export function templateMark(context: Context, bits: number): { readonly gap: Gap } | undefined {
  const { track, stack, table } = context;
  if (track === null || track.connection !== null || track.template === undefined || stack.iptables.is !== 'seen') return undefined;
  if (((track.template.unknownMark ?? 0) & bits) === 0) return undefined;
  const isMarked = stack.iptables.table.tables.some(({ fact }) => fact.table === table && marksTemplates(fact));
  return isMarked ? notTold(context, 'conntrack', 'the mark that packets before left on the template of a CT rule is not told') : undefined;
}
