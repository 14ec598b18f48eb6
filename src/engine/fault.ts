import type { KindId } from '#facts/kinds';
import type { Seen } from '#snapshot/seen';
import type { Check } from './check.ts';
import type { Plan } from './plan.ts';
import type { Ruling } from './ruling.ts';
import type { Subject } from './subject.ts';
import type { View } from './view.ts';
import type { FaultTexts, Words } from './words.ts';

/** Values that a finding is worded from: plain data, so that JSON carries them. */
export type Params = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** A named cause: how it is told from its look-alikes, worded and mended. Judge, texts and fix stand in its folder. */
export type Fault<S extends Subject = Subject, P extends Params = Params> = {
  readonly id: string;
  /** What it is, in a short sentence that names nothing of one cluster. */
  readonly is: Words;
  /** Which part of the system it belongs to. */
  readonly area: 'overlay' | 'node' | 'pod' | 'underlay' | 'service' | 'dns' | 'control-plane';
  readonly severity: 'error' | 'warning';
  /** The facts that it looks at: for the collector only. */
  readonly needs: readonly KindId[];
  /** Faults with the same symptom, which its evidence must exclude. */
  readonly lookAlikes: readonly string[];
  /** Harm that comes later (after a reboot): found although every check passes. */
  readonly latent?: true;
  /** What it can concern. A gap: it cannot even be listed, so the verdict is unknown on what was not read. */
  readonly subjects: (view: View) => Seen<readonly S[]>;
  /** One verdict on one subject. What decides is asked first; a gap silences only what needs it. */
  readonly judge: (subject: S, view: View) => Ruling<P>;
  readonly texts: FaultTexts<P>;
  /** Questions of its own that the fix must turn from fail to pass, where no flow can ask them (what a reboot would do). */
  readonly asks?: (subject: S, params: P, view: View) => readonly Check[];
  readonly fix: (subject: S, params: P, view: View) => Plan;
};

/** A fault with its own subject and parameters, as the registry holds it. */
export const defineFault = <S extends Subject, P extends Params>(fault: Fault<S, P>): Fault => fault as unknown as Fault;
