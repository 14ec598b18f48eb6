import { cidrOf, lengthOfMask } from '#net/cidr';
import { fromBits, type Ip } from '#net/ip';
import type { FactOf } from '#facts/kinds';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wordsOf } from '../lines.ts';
import { type OldRoute, oldRoute, oldRouteProblem } from '../route-table/kernel-flags.ts';

const HEAD = /^Iface\s+Destination\s+Gateway\s+Flags\s/;

const GATEWAY = 0x2;
const REJECT = 0x200;

/** An address as the kernel of a little-endian machine prints it: 0138A8C0 is 192.168.56.1. */
function addressOf(hex: string | undefined): Ip | undefined {
  if (hex === undefined || !/^[0-9A-F]{8}$/i.test(hex)) return undefined;
  const [a, b, c, d] = [6, 4, 2, 0].map((at) => BigInt(`0x${hex.slice(at, at + 2)}`));
  return fromBits(((a ?? 0n) << 24n) | ((b ?? 0n) << 16n) | ((c ?? 0n) << 8n) | (d ?? 0n), 4);
}

function rowOf(words: readonly string[], origin: OldRoute['origin']): OldRoute | undefined {
  const destination = addressOf(words[1]);
  const gateway = addressOf(words[2]);
  const mask = addressOf(words[7]);
  const length = mask === undefined ? undefined : lengthOfMask(mask);
  if (destination === undefined || gateway === undefined || length === undefined) return undefined;
  const flags = Number.parseInt(words[3] ?? '', 16);
  const metric = Number(words[6]);
  if (Number.isNaN(flags) || Number.isNaN(metric)) return undefined;
  return {
    to: cidrOf(destination, length),
    gateway,
    via: (flags & GATEWAY) !== 0,
    reject: (flags & REJECT) !== 0,
    dev: words[0] === '*' ? null : (words[0] ?? null),
    metric: metric >>> 0, // the kernel prints it signed
    origin,
  };
}

function parse(input: Input): Parsed {
  const routes: FactOf<'route'>[] = [];
  const problems: Problem[] = [];
  let [begun, isLost] = [false, false];
  for (const [index, line] of linesOf(input.text).entries()) {
    if (line.trim() === '') continue;
    if (HEAD.test(line)) {
      begun = true;
      continue;
    }
    const row = rowOf(wordsOf(line), lineOf(input, index + 1));
    const why = row === undefined ? `not a route: ${quoted(line.trim())}` : oldRouteProblem(row);
    const route = row === undefined ? undefined : oldRoute(row);
    if (why !== undefined) problems.push({ line: index + 1, why });
    if (route !== undefined) routes.push(route);
    else isLost = true;
  }
  return { readings: [reading('route', routes, begun && !isLost && coverageOf(input) === true ? ['main'] : [])], problems };
}

/** /proc/net/route: table main of IPv4. */
export default defineFormat({
  id: 'proc-net-route',
  is: '/proc/net/route: table main of IPv4',
  tells: ['route'],
  recognise: (head) => (HEAD.test(head.trimStart()) ? 1 : 0),
  parse,
});
