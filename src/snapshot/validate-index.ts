import type { GapWhy } from './gap.ts';
import { either, list, matching, nullOr, number, object, oneOf, type Shape, text } from './shape.ts';
import type { SnapshotIndex } from './snapshot.ts';

/** More entries than any cluster's snapshot has. */
export const MOST_ENTRIES = 500_000;

/** A path that stays inside the archive: relative, without `.`, `..`, empty parts, backslashes or control characters. */
export const SAFE_PATH = /^(?!\.{1,2}(?:\/|$))[^/\\\u0000-\u001f\u007f]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\\u0000-\u001f\u007f]+)*$/;

const WHYS: readonly GapWhy[] = ['not collected', 'failed', 'denied', 'timed out', 'unreadable', 'not told', 'not modelled'];

const path = matching(SAFE_PATH, 'a path inside the archive');
const name = matching(/^[^/\\\u0000-\u001f\u007f]*$/, 'a name');
const scope = object({ node: name, netns: name });
const look = number({ whole: true, from: 1 });

const part: Shape = either(object({ blob: matching(/^[0-9a-f]{64}$/, 'a sha256') }), object({ file: path }));

const entry = object(
  { scope, file: path, argv: list(text(), 10_000), exit: nullOr(number({ whole: true })), look, parts: list(part, 10_000) },
  { started: number(), ended: number(), format: text(100) },
);

const clock = object(
  { node: name, look, wall: number() },
  { uptime: number(), bootId: text(100), zoneMinutes: number(), aheadMs: number() },
);

const gap = object({ of: text(200), scope, why: oneOf(...WHYS), detail: text() }, { capture: text() });

const index = object(
  {
    format: oneOf('leadline-snapshot'),
    version: oneOf(1),
    tool: object({ name: text(200), version: text(200) }),
    clocks: list(clock, MOST_ENTRIES),
    entries: list(entry, MOST_ENTRIES),
    gaps: list(gap, MOST_ENTRIES),
  },
  { cluster: text(1000), window: object({ from: number(), to: number() }) },
);

/** An index that was read from elsewhere, or why it is none. */
export type CheckedIndex = { readonly is: 'valid'; readonly index: SnapshotIndex } | { readonly is: 'invalid'; readonly why: string };

/** Checks what `leadline.json` holds before anything trusts it. */
export function validateIndex(value: unknown): CheckedIndex {
  const why = index(value, 'leadline.json');
  return why === undefined ? { is: 'valid', index: value as SnapshotIndex } : { is: 'invalid', why };
}
