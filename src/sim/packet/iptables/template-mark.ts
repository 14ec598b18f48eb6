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
 * Why the mark of what `-j CT` attached is not known: a rule has one template for all packets (net/netfilter/xt_CT.c xt_ct_tg_check),
 * so whatever packet was marked before the reading marked it for good. Nothing for a connection, or where no rule marks.
 */
export function templateMark(context: Context): { readonly gap: Gap } | undefined {
  const { track, stack, table } = context;
  if (track === null || track.connection !== null || track.template === undefined || stack.iptables.is !== 'seen') return undefined;
  const isMarked = stack.iptables.table.tables.some(({ fact }) => fact.table === table && marksTemplates(fact));
  return isMarked ? notTold(context, 'conntrack', 'the mark that packets before left on the template of a CT rule is not told') : undefined;
}
