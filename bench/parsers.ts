import type { FactOf } from '#facts/kinds';
import { formats } from '#parsers/formats';
import type { Format, Parsed } from '#parsers/format';
import { recognise } from '#parsers/recognise';
import { sections } from '#parsers/transcript';
import { onNode } from '#snapshot/scope';
import { recordedNames, recordedText } from '#testing/recorded-tools';
import { manyChains, oneChain } from './iptables-services.ts';
import { type Figure, medianMs } from './measure.ts';

const WORDS = /[^\s"']+|"(?:[^"\\]|\\.)*"|'[^']*'/g;
const AT_LEAST = 2_000_000;
const LONG = 500_000;

/** What anyone would write first: the lines, and the words of each. */
function naive(text: string): number {
  let words = 0;
  for (const line of text.split('\n')) words += line.match(WORDS)?.length ?? 0;
  return words;
}

const parse = (format: Format, text: string, argv: readonly string[]): Parsed =>
  format.parse({ file: 'nodes/A/text', scope: onNode('A'), argv, exit: 0, look: 1, text, clock: undefined });

/** Megabytes per second of each format on the longest of its outputs that Debian 12's tools printed. */
export function parserFigures(): readonly Figure[] {
  const longest = new Map<Format, { readonly text: string; readonly argv: readonly string[] }>();
  for (const name of recordedNames('debian-12')) {
    for (const { text, argv } of sections(recordedText('debian-12', name))) {
      const format = recognise(text, formats as readonly unknown[] as readonly Format[]);
      if (format !== undefined && text.length > (longest.get(format)?.text.length ?? 0)) longest.set(format, { text, argv });
    }
  }
  return [...longest].map(([format, { text, argv }]) => {
    const times = Math.max(1, Math.ceil(AT_LEAST / 20 / text.length));
    const again = (run: () => unknown) => (): void => {
      for (let time = 0; time < times; time++) run();
    };
    const rate = (ms: number): number => (text.length * times) / 1e6 / (ms / 1000);
    const own = rate(
      medianMs(
        again(() => parse(format, text, argv)),
        3,
      ),
    );
    return {
      of: `parse ${format.id}`,
      value: own,
      unit: 'MB/s',
      baseline: rate(
        medianMs(
          again(() => naive(text)),
          3,
        ),
      ),
    };
  });
}

/** Rules are made when they are first asked for. */
const rulesIn = ({ readings }: Parsed): number =>
  readings
    .flatMap((one) => (one.kind === 'iptables' ? (one.facts as readonly FactOf<'iptables'>[]) : []))
    .reduce((sum, { chains }) => sum + chains.reduce((own, { rules }) => own + rules.length, 0), 0);

/** An iptables-save of half a million rules, in one chain and as kube-proxy writes them for very many Services. */
export const longRules = (): readonly Figure[] => [
  ...longDump(`iptables-save of ${LONG} rules`, oneChain(LONG)),
  ...longDump('as many in chains of Services', manyChains(LONG)),
];

function longDump(of: string, text: string): readonly Figure[] {
  const format = recognise(text, formats as readonly unknown[] as readonly Format[]);
  if (format === undefined) throw new Error('iptables-save is not recognised');
  const read = (): Parsed => parse(format, text, ['iptables-save', '-c']);
  const baseline = medianMs(() => naive(text), 1);
  return [
    { of, value: medianMs(read, 1), unit: 'ms', baseline },
    { of: 'the same, and every rule looked at', value: medianMs(() => rulesIn(read()), 1), unit: 'ms', baseline },
  ];
}
