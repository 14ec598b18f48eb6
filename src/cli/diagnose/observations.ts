import type { FactOf } from '#facts/kinds';
import { errorLineIn } from '#parsers/error-line';
import { formats } from '#parsers/formats';
import type { Format } from '#parsers/format';
import { recognise } from '#parsers/recognise';
import { plainWordsIn } from '#parsers/plain-words';
import { redactedText } from '#parsers/redaction';
import { asSeen } from '#parsers/terminal';
import { type Section, sections } from '#parsers/transcript';
import { CLUSTER } from '#snapshot/scope';

/** The measurements in a pasted text (ping, telnet, curl …, with or without the shell prompt before them), programs' errors, and plain words. */
export function observationsIn(text: string): readonly FactOf<'observation'>[] {
  return sections(asSeen(text)).flatMap((section) => {
    const told = errorsIn(section.text);
    const at = section.host;
    const placed = (one: FactOf<'observation'>): FactOf<'observation'> =>
      at === undefined || one.from !== undefined ? one : { ...one, from: at };
    const format = recognise(section.text, formats as readonly unknown[] as readonly Format[]);
    if (format === undefined) return told.map(placed);
    const { readings } = format.parse({
      file: 'pasted',
      scope: CLUSTER,
      argv: section.argv,
      exit: null,
      look: 1,
      text: section.text,
      clock: undefined,
    });
    const measured = readings.flatMap((reading) => (reading.kind === 'observation' ? reading.facts : []));
    // what a measuring program printed is told once; a log's lines are read here, where a pasted one need not say whose it is
    return (format.id === 'log' || measured.length === 0 || isCurlAlone(format, section) ? told : measured).map(placed);
  });
}

/** curl's error alone, without its command: as any program's error, it does not say where it was met. */
const isCurlAlone = (format: Format, { argv, host, text }: Section): boolean =>
  format.id === 'curl' && argv.length === 0 && host === undefined && !/^[*<>] /m.test(text);

/** The errors of programs, and what people say, one for each address and port. */
function errorsIn(text: string): readonly FactOf<'observation'>[] {
  const errors = new Map<string, FactOf<'observation'>>();
  for (const [index, line] of text.split('\n').entries()) {
    const plain = redactedText(line);
    const error = errorLineIn(plain) ?? plainWordsIn(plain);
    if (error === undefined) continue;
    errors.set(JSON.stringify([error.by, error.from, error.to, error.port, error.protocol, error.outcome, error.standing]), {
      ...error,
      origin: { file: 'pasted', line: index + 1 },
    });
  }
  return [...errors.values()];
}
