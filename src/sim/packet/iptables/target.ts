import type { IptablesRule } from '#facts/iptables/iptables';
import { memoised } from '#dataplane/memo';
import { entryOf } from '#net/entry';
import { type Context, Options } from './context.ts';
import type { Effect, Target } from './effect.ts';
import { TARGETS } from './target/targets.ts';
import { UNMODELLED_TARGETS } from './target/unmodelled.ts';

export type { Effect, Rewrite } from './effect.ts';

/** What the target of a matched rule does; marks and tracks are changed in the context. */
export const effectOf = (rule: IptablesRule, context: Context): Effect => actOf(rule)(context);

/** The act of a rule's target, made once. */
const actOf = memoised((rule: IptablesRule): ReturnType<Target> => {
  const { target } = rule;
  if (target === null) return () => ({ does: 'go on' });
  const options = new Options(target.options);
  const act = TARGETS.get(target.name)?.(options);
  if (act === undefined) {
    const why = entryOf(UNMODELLED_TARGETS, target.name);
    const detail = `-j ${target.name} is not modelled${why === undefined ? '' : `, ${why}`}: ${rule.text}`;
    return () => ({ does: 'unknown', detail });
  }
  const unread = options.unread();
  return unread === undefined ? act : () => ({ does: 'unknown', detail: `${unread} of -j ${target.name} is not modelled: ${rule.text}` });
});
