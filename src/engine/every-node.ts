import type { Facts } from '#facts/facts';
import { type Seen, seen } from '#snapshot/seen';
import type { Subject } from './subject.ts';

/** Every captured node, for faults that any machine can have. */
export const everyNode = (facts: Facts): Seen<readonly Extract<Subject, { kind: 'node' }>[]> =>
  seen(
    facts.nodes().map((node) => ({ kind: 'node', node })),
    [],
  );
