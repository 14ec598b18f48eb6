import type { Family } from '#net/ip';
import type { Input } from './format.ts';
import { coverageOf } from './lines.ts';

/** What was asked of `ip` or `bridge`, as far as the command line is known. */
export type Asked = {
  /** `ip -4`, `ip -6`; nothing: as the tool does by itself. */
  readonly family: Family | undefined;
  /** The words after the object and its `show`. */
  readonly rest: readonly string[];
  readonly known: boolean;
};

const TAKES_VALUE = new Set(['-n', '-netns', '-f', '-family', '-l', '-loops', '-rc', '-rcvbuf']);
const SHOW = new Set(['show', 'list', 'lst', 'ls', 'sh', 's', 'l', 'li', 'lis']);

/** What follows these is no command: `ip link show type bridge`. */
const NAMES_WHAT = new Set(['type', 'dev', 'master', 'br']);

/** Reads the command line of an iproute2 tool, also behind `ip netns exec NAME` or `nsenter …`. */
export function askedOf(input: Input): Asked {
  const { argv } = input;
  let at = argv.findLastIndex((word, index) => /(^|\/)(ip|bridge)$/.test(word) && !NAMES_WHAT.has(argv[index - 1] ?? ''));
  if (at < 0) return { family: undefined, rest: [], known: false };
  let family: Family | undefined;
  for (at++; argv[at]?.startsWith('-') === true; at++) {
    const word = argv[at] ?? '';
    const value = argv[at + 1] ?? '';
    if (word === '-4' || (word.startsWith('-f') && value === 'inet')) family = 4;
    if (word === '-6' || (word.startsWith('-f') && value === 'inet6')) family = 6;
    if (TAKES_VALUE.has(word)) at++;
  }
  const rest = argv.slice(at + 1);
  return { family, rest: SHOW.has(rest[0] ?? '') ? rest.slice(1) : rest, known: true };
}

/** All that there is, when nothing narrowed the question; else nothing for sure. */
export function coverageUnfiltered(input: Input, asked: Asked): true | readonly string[] {
  if (asked.rest.length > 0 || asked.family !== undefined) return [];
  return coverageOf(input);
}
