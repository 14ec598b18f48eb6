import type { Words } from '../words.ts';

/** What a pasted line is, and how far it can be trusted. */
export type SymptomClass = {
  readonly id: string;
  readonly is: (line: string) => boolean;
  /** What the line proves. */
  readonly proves: Words;
  /** What people read into it, and it does not say. */
  readonly doesNot: Words;
  /** Which part of the system to look at first. */
  readonly area: 'overlay' | 'node' | 'pod' | 'underlay' | 'service' | 'dns' | 'control-plane';
};

export const matches =
  (pattern: RegExp): SymptomClass['is'] =>
  (line) =>
    pattern.test(line);
