import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measured, Phase, Stage, Subject } from './stage.ts';

/** A story as it was recorded; the captures lie beside it. */
export type Recording = {
  readonly subject: Subject;
  readonly measured: Readonly<Record<Phase, Measured>>;
  readonly mend: readonly string[];
  readonly archives: Readonly<Record<Phase, readonly string[]>>;
};

/** Where recordings lie; a bundle says where, for it does not lie where the sources do. */
export const recordedFolder = (): string => process.env['LEADLINE_RECORDED'] ?? fileURLToPath(new URL('../recorded', import.meta.url));

const fileOf = (fault: string): string => join(recordedFolder(), fault, 'story.json');

function readRecording(fault: string): Recording {
  if (!/^[a-z0-9-]+$/.test(fault) || !existsSync(fileOf(fault))) {
    throw new Error(
      `no recording of ${fault}; there are: ${
        recordedIds()
          .map((one) => one.fault)
          .join(', ') || 'none'
      }`,
    );
  }
  const recording: Recording = JSON.parse(readFileSync(fileOf(fault), 'utf8')); // written by lab/record.ts, and checked by its test
  return recording;
}

/** The recorded stories. */
export function recordedIds(): readonly { readonly fault: string; readonly title: string }[] {
  const folder = recordedFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((fault) => existsSync(fileOf(fault)))
    .map((fault) => ({ fault, title: readRecording(fault).subject.title }));
}

/** A story told again from what was recorded: packets and mend as they were, captures judged anew. */
export function replayStage(fault: string): Stage {
  const { subject, measured, mend, archives } = readRecording(fault);
  return {
    subject,
    measure: async (phase) => measured[phase],
    capture: async (phase) => archives[phase].map((name) => join(recordedFolder(), fault, name)),
    break: async () => {},
    mend: async () => mend,
    heal: async () => mend,
    close: async () => {},
  };
}
