import type { HashlimitBucket } from '#facts/hashlimit-bucket/hashlimit-bucket';
import { familyOf, parseIp } from '#net/ip';
import { coverageOf, linesOf, quoted } from '../lines.ts';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';

/** The table, as grep names its file; seconds until it is forgotten, ends, then credit, the most of it, and what a packet costs. */
const BUCKET = /^(?:\S*hashlimit\/([^\s:]+):)?-?\d+ ([0-9a-f.:]+):(\d{1,5})->([0-9a-f.:]+):(\d{1,5}) (\d{1,20}) (\d{1,20}) (\d{1,20})$/;

/** A capture reads no more lines than this; one that has so many may have been cut. */
const MOST = 20_000;

/** The buckets of `-m hashlimit` as the kernel shows them (net/netfilter/xt_hashlimit.c dl_seq_print). */
function parse(input: Input): Parsed {
  const lines = linesOf(input.text);
  const facts: HashlimitBucket[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const fact = bucketOf(line, input, index + 1);
    if (fact === undefined) problems.push({ line: index + 1, why: `no bucket of a hashlimit: ${quoted(line)}` });
    else facts.push(fact);
  }
  const isWhole = problems.length === 0 && lines.length < MOST;
  return { readings: [reading('hashlimit-bucket', facts, isWhole ? coverageOf(input) : [])], problems };
}

function bucketOf(line: string, input: Input, at: number): HashlimitBucket | undefined {
  const [, named, from = '', sourcePort = '', to = '', destinationPort = '', credit = '', most = '', cost = ''] = BUCKET.exec(line) ?? [];
  const table = named ?? tableOf(input);
  const [source, destination] = [parseIp(from), parseIp(to)];
  if (source === undefined || destination === undefined || table === undefined || Number(cost) === 0) return undefined;
  return {
    family: familyOf(source),
    table,
    source,
    sourcePort: Number(sourcePort),
    destination,
    destinationPort: Number(destinationPort),
    tokens: Number(credit) / Number(cost),
    burst: Number(most) / Number(cost),
    origin: lineOf(input, at),
  };
}

/** Where one table alone was printed its name is in what was run. */
const tableOf = ({ argv }: Input): string | undefined =>
  argv.map((word) => /hashlimit\/([^/\s*]+)$/.exec(word)?.[1]).find((name) => name !== undefined);

export default defineFormat({
  id: 'proc-hashlimit',
  is: '/proc/net/ipt_hashlimit: what -m hashlimit has saved up',
  tells: ['hashlimit-bucket'],
  recognise: (head) => (head.split('\n').some((line) => BUCKET.test(line)) ? 1 : 0),
  parse,
});
