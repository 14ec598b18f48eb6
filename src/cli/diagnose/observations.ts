import type { FactOf } from '#facts/kinds';
import { formats } from '#parsers/formats';
import type { Format } from '#parsers/format';
import { recognise } from '#parsers/recognise';
import { asSeen } from '#parsers/terminal';
import { sections } from '#parsers/transcript';
import { CLUSTER } from '#snapshot/scope';

/** The measurements in a pasted text: ping, telnet, curl … with or without the shell prompt before them. */
export function observationsIn(text: string): readonly FactOf<'observation'>[] {
  return sections(asSeen(text)).flatMap((section) => {
    const format = recognise(section.text, formats as readonly unknown[] as readonly Format[]);
    if (format === undefined) return [];
    const { readings } = format.parse({
      file: 'pasted',
      scope: CLUSTER,
      argv: section.argv,
      exit: null,
      look: 1,
      text: section.text,
      clock: undefined,
    });
    return readings.flatMap((reading) => (reading.kind === 'observation' ? reading.facts : []));
  });
}
