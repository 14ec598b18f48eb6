import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import type { FactRef } from './outcome.ts';
import { placeText, type Run } from './run.ts';

/** Something that no capture tells: where and what it is, what it may be, why it matters, what is missing where it is not the list of connections, and the facts that leave it open. */
export type Untold = {
  readonly at: string;
  readonly of: string;
  readonly options: readonly string[];
  readonly detail: string;
  readonly scope?: 'connection' | 'packet';
  readonly missing?: Pick<Gap, 'of' | 'why' | 'capture'>;
  readonly by?: readonly FactRef[];
};

const NO_LIST_TELLS = { of: 'conntrack', why: 'not told' } as const;

/** Which of what it may be it is: each is walked. */
export function untold(run: Run, stack: Stack, asked: Untold): number {
  const { at, of, options, detail, scope = 'connection', missing = NO_LIST_TELLS, by = [] } = asked;
  return run.pick({
    at: `${placeText(stack)} ${at}`,
    of,
    scope,
    options: options.map((name) => ({ name, probability: null })),
    because: { gap: { ...missing, scope: stack.scope, detail }, by },
  });
}
