import { QUOTA_NAMES, QUOTAS } from '../quotas.ts';
import { remarkOn } from './remark.ts';
import type { Score } from './score.ts';

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

const REASONS = 12;

/** The end of a run: coverage, quotas, areas, what was unknown, and the score. */
export function lastLines(score: Score, seed: string): readonly string[] {
  const { packets, unknown, explained, disagreements, refused, unjudged, shares } = score;
  const names = Object.keys(QUOTAS) as (keyof typeof QUOTAS)[]; // its own keys
  return [
    ...coverageLines(score),
    ...[...score.areas].map(
      ([area, one]) =>
        `${area.padEnd(10)} ${one.packets} packets, ${one.unknown} unknown (${percent(one.unknown, one.packets)}), ${one.explained} explained, ${one.disagreements} unexplained`,
    ),
    ...unknownLines(score),
    ...endLines(score),
    `time: ${[...score.ms].map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`).join(', ')}`,
    `quotas: ${names.map((name) => `${QUOTA_NAMES[name]} ${percent(shares[name], packets)} (of ${QUOTAS[name]} %)`).join(', ')}`,
    ...(refused === 0 ? [] : [`${refused} rules were refused by the kernel or its tools, and left out`]),
    ...(unjudged === 0
      ? []
      : [`${unjudged} packets beside these were not judged: storms ended their scenes, or their jobs came to no verdict`]),
    `${packets} packets, ${unknown} unknown (${percent(unknown, packets)}), ${explained} explained, ${disagreements} unexplained, seed ${seed}`,
  ];
}

function coverageLines({ covered, packets }: Score): readonly string[] {
  const head = `${'construct'.padEnd(32)} ${['rules', 'hit', 'missed', 'decided', 'unknown'].map((name) => name.padStart(9)).join(' ')}`;
  const rows = [...covered]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([id, one]) => {
      const { rules, hit, missed, decided, unknown } = one;
      const doubt = percent(unknown, hit + unknown);
      return `${id.padEnd(32)} ${[rules, hit, missed, decided, doubt].map((value) => String(value).padStart(9)).join(' ')}  ${remarkOn(id, one, packets)}`.trimEnd();
    });
  return [head, ...rows];
}

const unknownLines = ({ reasons }: Score): readonly string[] =>
  [...reasons]
    .sort(([, one], [, other]) => other - one)
    .slice(0, REASONS)
    .map(([reason, count]) => `unknown ${count}: ${reason.slice(0, 160)}`);

const endLines = ({ ended }: Score): readonly string[] =>
  [...ended].sort(([, one], [, other]) => other - one).map(([both, count]) => `lost ${count}: ${both.replace(' ', ', in the kernel ')}`);
