import type { Gap } from '#snapshot/gap';
import type { Context } from './context.ts';

/** The answer of a match that depends on what is not modelled. */
export const notTold = ({ stack }: Pick<Context, 'stack'>, of: string, detail: string): { readonly gap: Gap } => ({
  gap: { of, scope: stack.scope, why: 'not modelled', detail },
});
