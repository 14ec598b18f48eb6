import type { Conversation } from '../draw/packet.ts';
import type { RuleFile } from '../stage/counters.ts';
import type { Model } from '../stage/model.ts';
import { now, type Wire } from '../stage/wire.ts';
import { ask } from './ask.ts';
import { disconnected } from './connections.ts';
import { miscounted, noiseIn } from './count.ts';
import { overhear } from './overhear.ts';
import { readNow } from './read.ts';
import { meet, type Staged, said, speak } from './rounds.ts';

/** What is asked, and the rule files of the capture that is open. */
type Inquiry = {
  readonly wire: Wire;
  readonly model: Model;
  readonly files: readonly RuleFile[];
  readonly textOf: (rule: string) => string;
};

const PARTS = 16;
const WHOLE = { from: 0, until: Number.POSITIVE_INFINITY };

/**
 * The conversation after which a rule's counter or the tracked connections are not as the model says: all are said once more, some
 * at a time, and read after each. Nothing when only all together do it.
 */
export async function suspectOf(inquiry: Inquiry, staged: Staged): Promise<number | undefined> {
  let left = staged.scene.conversations;
  while (left.length > 1) {
    await inquiry.wire.open([{ stage: staged.stage, layout: staged.scene.layout }]);
    await Promise.all(staged.scene.layout.namespaces.map(({ name }) => staged.stage.each(name, ['conntrack -F'])));
    const guilty = await firstGuilty(inquiry, staged, parted(left));
    if (guilty === undefined) return undefined;
    left = guilty;
  }
  const [only] = left;
  return only === undefined ? undefined : staged.scene.conversations.indexOf(only);
}

function parted(all: readonly Conversation[]): readonly (readonly Conversation[])[] {
  const size = Math.ceil(all.length / PARTS);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

async function firstGuilty(
  inquiry: Inquiry,
  { scene, stage }: Staged,
  parts: readonly (readonly Conversation[])[],
): Promise<readonly Conversation[] | undefined> {
  let number = 0;
  for (const conversations of parts) {
    const part: Staged = { scene: { ...scene, conversations }, stage };
    if (await differs(inquiry, part, () => ++number)) return conversations;
  }
  return undefined;
}

async function differs({ wire, model, files, textOf }: Inquiry, part: Staged, ids: () => number): Promise<boolean> {
  const before = await readNow([part], files);
  const all = meet([part], ids);
  const read = now();
  const noise = await speak(wire, all, WHOLE, ids, new Map());
  const told = await ask(model, said(all, WHOLE, read));
  const after = await readNow([part], files);
  await overhear(wire, noise);
  const names = part.scene.layout.namespaces.map(({ name }) => noiseIn(noise, part.stage.name(name)));
  const most = (rule: string): number => Math.max(0, ...names.map((one) => one(rule)));
  return (
    miscounted(told, before.counters, after.counters, most, textOf).length > 0 || disconnected(told, after.tables, before.tables).length > 0
  );
}
