import { type Archive, bytesOf, snapshotOf } from '#collect/archive/archive';
import type { Imported } from '#collect/import/import';
import { formats } from '#parsers/formats';
import { readFacts, type Taken } from '#parsers/read';
import { amount } from '#report/amount';
import { scopeText } from '#snapshot/scope';
import { NotUnderstood } from './not-understood.ts';

/** What an import says of what it brought in, and how many texts nothing recognised. */
export type TakenText = { readonly lines: readonly string[]; readonly strange: number };

/** What each file was taken for, which lines were not understood and why, and what could not be placed. */
export function takenText(imported: Imported, everyLine: boolean): TakenText {
  const { archive, joined, ignored } = imported;
  const { formats: taken } = readFacts(snapshotOf(archive));
  const places = placesOf(archive);
  const textOf = textsOf(archive);
  const unclear = new NotUnderstood(textOf, everyLine);
  const lines = taken.flatMap((one) => [
    `${places.get(one.file) ?? ''}  ${one.file}: ${takenFor(one, textOf)}`,
    ...unclear.of(one).map((line) => `   ${line}`),
  ]);
  const placed = joined.map(({ name, node, why }) =>
    node === undefined ? `${name} looks like a pod's namespace and is unplaced: ${why}` : `${name} is a namespace on ${node}: ${why}`,
  );
  const left = ignored.map(({ file, why }) => `${file}: ${why}: left out`);
  return {
    lines: [...lines, ...unclear.rest(), ...left, ...placed],
    strange: taken.filter(({ file, format }) => format === null && unreadBecause(textOf(file)) === NOT_RECOGNISED).length,
  };
}

const IS = new Map<string, string>(formats.map((format) => [format.id, format.is]));

const takenFor = ({ file, format, problems }: Taken, textOf: (file: string) => string): string =>
  format === null
    ? unreadBecause(textOf(file))
    : `${IS.get(format) ?? format}${problems.length === 0 ? '' : `; ${amount(problems.length, 'line')} not understood`}`;

const NOT_RECOGNISED = 'not recognised: kept, not read';

/** Why nothing was read out of a text. */
const unreadBecause = (text: string): string =>
  text.trim() === ''
    ? 'empty'
    : text.startsWith('leadline-capture ')
      ? "a whole capture of Leadline's own script: kept, not read; give it as it is to leadline diagnose, or to leadline merge"
      : NOT_RECOGNISED;

const placesOf = ({ index }: Archive): ReadonlyMap<string, string> =>
  new Map(
    index.entries.map(({ file, scope }) => [file, scope.node === '' && scope.netns !== '' ? `unplaced ${scope.netns}` : scopeText(scope)]),
  );

function textsOf(archive: Archive): (file: string) => string {
  const entries = new Map(archive.index.entries.map((entry) => [entry.file, entry]));
  return (file) => {
    const entry = entries.get(file);
    return entry === undefined ? '' : bytesOf(archive, entry).toString('utf8');
  };
}
