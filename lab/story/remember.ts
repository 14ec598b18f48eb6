import { basename } from 'node:path';
import type { Recording } from './recording.ts';
import type { Measured, Phase, Stage } from './stage.ts';
import { findingText } from './verdict.ts';

/** A stage that remembers all that it shows. */
export type Remembering = {
  readonly stage: Stage;
  readonly recorded: () => Recording;
  /** The captures by their names in the recording. */
  readonly files: ReadonlyMap<string, string>;
};

export function remembering(stage: Stage): Remembering {
  const measured = new Map<Phase, Measured>();
  const judged = new Map<Phase, readonly string[]>();
  const unclear = new Map<Phase, readonly string[]>();
  const archives = new Map<Phase, readonly string[]>();
  const files = new Map<string, string>();
  let mend: readonly string[] = [];
  const remember = async (said: Promise<readonly string[]>): Promise<readonly string[]> => (mend = await said);
  return {
    files,
    recorded: () => ({
      subject: stage.subject,
      measured: ofAll(measured),
      judged: ofAll(judged),
      unclear: ofAll(unclear),
      mend,
      archives: ofAll(archives),
    }),
    stage: {
      ...stage,
      measure: async (phase) => {
        const seen = await stage.measure(phase);
        measured.set(phase, seen);
        return seen;
      },
      capture: async (phase) => {
        const paths = await stage.capture(phase);
        const names = paths.map((path) => `${phase}/${basename(path)}`);
        paths.forEach((path, at) => {
          files.set(names[at] ?? path, path);
        });
        archives.set(phase, names);
        return paths;
      },
      judged: (phase, { findings, problems }) => {
        judged.set(phase, findings.map(findingText));
        unclear.set(phase, problems);
      },
      mend: (finding, archived) => remember(stage.mend(finding, archived)),
      heal: () => remember(stage.heal()),
    },
  };
}

function ofAll<T>(map: ReadonlyMap<Phase, T>): Record<Phase, T> {
  const of = (phase: Phase): T => {
    const value = map.get(phase);
    if (value === undefined) throw new Error(`the story had no phase ${phase}`);
    return value;
  };
  return { healthy: of('healthy'), broken: of('broken'), mended: of('mended') };
}
