import type { Undo } from '#actions/performer';
import type { Action } from '#change/change';
import type { World } from '#world/world';
import { UsageError, UserError } from '../command.ts';
import type { Machine } from './this-machine.ts';

/** How far a step of a plan has come. */
type StepState = 'planned' | 'prepared' | 'done' | 'undone';

/** One step with what is needed to go on or back. */
export type JournalStep = { readonly action: Action; readonly state: StepState; readonly undo: Undo | null };

/** A plan that is being performed on this node, as kept on disk before each step: a killed run goes on or back from it. */
export type Journal = {
  readonly format: 'leadline-journal';
  readonly version: 2;
  readonly fault: string;
  readonly subject: string;
  readonly node: string;
  /** Where the plan was begun, for its steps mend no other machine; `null`: version 1 did not note it. */
  readonly machine: Machine | null;
  /** The boot in which it was begun: what a step told the kernel does not outlast it. `null`: not noted. */
  readonly boot: string | null;
  readonly started: number;
  readonly steps: readonly JournalStep[];
};

const MODE = 0o600;

/** Where the journal of a node is kept, unless `--journal` says otherwise. */
export const DEFAULT_JOURNAL = '/var/lib/leadline/journal.json';

/** The command line that takes a plan back or on, with its journal where that is not the usual one. */
export const wayOut = (way: '--undo' | '--resume', path: string): string =>
  `\`leadline fix ${way}${path === DEFAULT_JOURNAL ? '' : ` --journal ${path}`}\``;

/** Ends the command where a journal is left of an earlier plan, which a new one would overwrite; says whose it is, and both ways out. */
export async function mustBeNone(path: string, world: World): Promise<void> {
  const journal = await readJournal(path, world);
  if (journal === undefined) return;
  const { fault, subject, node, steps } = journal;
  const [back, on] = [wayOut('--undo', path), wayOut('--resume', path)];
  const done = steps.filter(({ state }) => state === 'done').length;
  throw new UsageError(
    done === steps.length
      ? `nothing was done: a plan stands done in ${path} (${fault} ${subject} on ${node}): ${back} takes it back, ${on} lets it stand and removes the file`
      : `nothing was done: a plan is unfinished in ${path} (${fault} ${subject} on ${node}, ${done} of ${steps.length} steps done): ${on} goes on, ${back} goes back`,
  );
}

/** The boot of the machine that this process runs on. */
export const thisBoot = ({ files }: World): Promise<string | null> =>
  files.read('/proc/sys/kernel/random/boot_id').then(
    (content) => content.toString('utf8').trim(),
    () => null,
  );

export const saveJournal = (path: string, journal: Journal, world: World): Promise<void> =>
  world.files.write(path, `${JSON.stringify(journal, null, 2)}\n`, MODE);

/** The journal of an unfinished plan; nothing when there is none. */
export async function readJournal(path: string, world: World): Promise<Journal | undefined> {
  if (!(await world.files.exists(path))) return undefined;
  const text = (await world.files.read(path)).toString('utf8');
  const value = parse(text, path);
  if (isJournal(value)) return { ...value, boot: typeof value.boot === 'string' ? value.boot : null };
  if (isFirstJournal(value)) return { ...value, version: 2, machine: null, boot: null };
  throw new UserError(`${path} is no journal of Leadline: move it away if no plan is being performed`);
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${path} is no JSON: the journal of a plan is broken; look at it before anything else is performed`);
  }
}

/** A journal as it was before it noted the machine. */
type FirstJournal = Omit<Journal, 'version' | 'machine' | 'boot'> & { readonly version: 1 };

const isJournal = (value: unknown): value is Journal => isPlan(value) && value.version === 2 && isMachine(value.machine);

const isFirstJournal = (value: unknown): value is FirstJournal => isPlan(value) && value.version === 1;

const isPlan = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) &&
  value.format === 'leadline-journal' &&
  [value.fault, value.subject, value.node].every((text) => typeof text === 'string') &&
  Array.isArray(value.steps) &&
  value.steps.every(isStep);

const isMachine = (value: unknown): boolean =>
  isObject(value) &&
  (value.id === null || typeof value.id === 'string') &&
  typeof value.hostname === 'string' &&
  Array.isArray(value.macs) &&
  value.macs.every((mac) => typeof mac === 'string');

const STATES: ReadonlySet<unknown> = new Set<StepState>(['planned', 'prepared', 'done', 'undone']);

const isStep = (step: unknown): boolean =>
  isObject(step) && isAction(step.action) && STATES.has(step.state) && (step.undo === null || isObject(step.undo));

const isAction = (action: unknown): boolean =>
  isObject(action) &&
  typeof action.do === 'string' &&
  isObject(action.params) &&
  isObject(action.on) &&
  typeof action.on.node === 'string' &&
  typeof action.on.netns === 'string';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** The journal with one step changed. */
export const withStep = (journal: Journal, index: number, change: Partial<JournalStep>): Journal => ({
  ...journal,
  steps: journal.steps.map((step, at) => (at === index ? { ...step, ...change } : step)),
});
