import type { Gap } from '#snapshot/gap';
import type { Fault } from './fault.ts';
import type { Ruling } from './ruling.ts';
import { type Subject, subjectText } from './subject.ts';
import type { Params } from './fault.ts';
import type { View } from './view.ts';

/** The answer of one fault on one subject; on `null`, the fault's subjects could not even be listed. */
export type Verdict = { readonly fault: Fault; readonly subject: Subject | null; readonly ruling: Ruling<Params> };

/** One fault against one cluster: a verdict for each subject that it can concern. A gap silences only what it touches. */
export function judge(fault: Fault, view: View): readonly Verdict[] {
  const subjects = fault.subjects(view);
  if (subjects.is === 'gap') return [{ fault, subject: null, ruling: { is: 'unknown', gaps: [subjects.gap] } }];
  const verdicts: Verdict[] = subjects.value.map((subject) => ({ fault, subject, ruling: fault.judge(subject, view) }));
  return subjects.complete ? verdicts : [...verdicts, { fault, subject: null, ruling: { is: 'unknown', gaps: [incomplete(fault)] } }];
}

const incomplete = (fault: Fault): Gap => ({
  of: fault.needs.join(', '),
  scope: { node: '', netns: '' },
  why: 'not collected',
  detail: `not everything that ${fault.id} can concern was listed`,
});

/** Fault and subject in one text, the key of a verdict. */
export const verdictKey = ({ fault, subject }: Pick<Verdict, 'fault' | 'subject'>): string =>
  `${fault.id} ${subject === null ? '' : subjectText(subject)}`;
