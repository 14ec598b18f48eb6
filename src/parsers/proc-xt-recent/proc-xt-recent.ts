import type { RecentAddress } from '#facts/recent-address/recent-address';
import { parseIp } from '#net/ip';
import { coverageOf, linesOf, quoted } from '../lines.ts';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { agoMs, type Jiffies, jiffiesOf } from './jiffies.ts';

const ENTRY = /^(?:\S*xt_recent\/([^\s:]+):)?src=(\S+) ttl: (\d+) last_seen: \d+ oldest_pkt: \d+ ?((?:\d+(?:, )?)*)$/;
const CLOCK = /^(?:\/proc\/timer_list:)?jiffies: (\d{1,20})$/;
const UPTIME = /^(?:\/proc\/uptime:)?(\d+\.\d+) \d+\.\d+$/;

/** A capture reads no more lines than this; one that has so many may have been cut. */
const MOST = 20_000;

function clockIn(lines: readonly string[]): Jiffies | undefined {
  const told = (form: RegExp): string | undefined => lines.map((line) => form.exec(line)?.[1]).find((one) => one !== undefined);
  const [now, uptime] = [told(CLOCK), told(UPTIME)];
  return now === undefined || uptime === undefined ? undefined : jiffiesOf(BigInt(now), Number(uptime));
}

/** The lists of `-m recent` as the kernel shows them (net/netfilter/xt_recent.c recent_seq_show), before them what tells how old a stamp is. */
function parse(input: Input): Parsed {
  const lines = linesOf(input.text);
  const clock = clockIn(lines);
  const facts: RecentAddress[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || CLOCK.test(line) || UPTIME.test(line)) continue;
    const fact = entryOf(line, clock, input, index + 1);
    if (fact === undefined) problems.push({ line: index + 1, why: `no recent address: ${quoted(line)}` });
    else facts.push(fact);
  }
  const isWhole = problems.length === 0 && lines.length < MOST;
  return { readings: [reading('recent-address', facts, isWhole ? coverageOf(input) : [])], problems };
}

function entryOf(line: string, clock: Jiffies | undefined, input: Input, at: number): RecentAddress | undefined {
  const [, named, text = '', ttl = '', stamps = ''] = ENTRY.exec(line) ?? [];
  const list = named ?? listOf(input);
  const address = parseIp(text);
  const seen = stamps.split(', ').filter((stamp) => stamp !== '');
  if (address === undefined || list === undefined || seen.some((stamp) => stamp.length > 20)) return undefined;
  const ages = clock === undefined ? undefined : seen.map((stamp) => agoMs(clock, BigInt(stamp))).sort((one, other) => one - other);
  return { list, address, ttl: Number(ttl), times: seen.length, seenMs: ages, origin: lineOf(input, at) };
}

/** Where one list alone was printed its name is in what was run. */
const listOf = ({ argv }: Input): string | undefined =>
  argv.map((word) => /xt_recent\/([^/\s*]+)$/.exec(word)?.[1]).find((name) => name !== undefined);

export default defineFormat({
  id: 'proc-xt-recent',
  is: '/proc/net/xt_recent: addresses that -m recent remembers',
  tells: ['recent-address'],
  recognise: (head) => (head.split('\n').some((line) => ENTRY.test(line)) ? 1 : 0),
  parse,
});
