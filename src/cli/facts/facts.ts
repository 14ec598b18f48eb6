import type { Finding } from '#engine/finding';
import { previewPlan } from '#engine/preview';
import { subjectText } from '#engine/subject';
import type { Facts } from '#facts/facts';
import { factLines } from '#report/facts-json';
import { defineCommand, EXIT, flagOption, textOption, type Typed, UsageError, UserError } from '../command.ts';
import { diagnosisOf } from '../diagnosed.ts';
import { known } from '../faults/faults.ts';
import { openSnapshots } from '../open.ts';

export default defineCommand({
  name: 'facts',
  summary: 'prints what was read out of captures, one JSON line a fact; with --after, as it would be once a finding is mended',
  configure: (command) =>
    void command
      .argument('<snapshot...>', 'archives or folders')
      .option('--steady', 'leave out what changes by itself: counters, sockets, ages')
      .option('--after <fault>', 'apply the previewed fix of this fault')
      .option('--subject <text>', 'of this subject, where the fault is found on several'),
  act: async (typed, world) => {
    const { facts } = await openSnapshots(typed.args, world);
    const shown = textOption(typed.options, 'after') === undefined ? facts : mended(facts, typed);
    for (const line of factLines(shown, flagOption(typed.options, 'steady'))) world.print(JSON.stringify(line));
    return EXIT.fine;
  },
});

function mended(facts: Facts, { options }: Typed): Facts {
  const fault = textOption(options, 'after') ?? '';
  const subject = textOption(options, 'subject');
  if (!known.some(({ id }) => id === fault))
    throw new UsageError(`no fault is called ${JSON.stringify(fault)}; \`leadline faults\` lists them`);
  const wanted = ({ fault: { id }, subject: own }: Finding): boolean =>
    id === fault && (subject === undefined || subjectText(own) === subject);
  const finding = diagnosisOf(facts).findings.find(wanted);
  if (finding === undefined) throw new UserError(`${fault} is not found in these captures`);
  const preview = previewPlan(facts, finding.fix);
  if (preview.is === 'unknown') throw new UserError(`its mend cannot be previewed: ${preview.gap.detail}`);
  return preview.facts;
}
