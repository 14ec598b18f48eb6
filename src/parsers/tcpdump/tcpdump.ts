import type { FactOf } from '#facts/kinds';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { linesOf, quoted } from '../lines.ts';
import { redactedText } from '../redaction.ts';
import { linkHeader } from './link-header.ts';
import { type Begun, continued, type Network, networkOf } from './network.ts';

type Packet = FactOf<'packet'>;
type Open = { -readonly [Name in keyof Packet]: Packet[Name] };

const DATED = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6,9}) /;
const OF_DAY = /^(\d\d):(\d\d):(\d\d)\.(\d{6,9}) /;
const SECONDS = /^(\d{9,11})\.(\d{6,9}) /;
/** `-ttt` and `-ttttt` write differences, padded at the left: no times of day. */
const DIFFERENCE = /^ (?:\d\d:\d\d:\d\d\.\d{6,9}) /;

/** What tcpdump says beside its packets, and the lines that grep puts between pieces. */
const NOTES =
  /^(?:tcpdump: |reading from file|listening on |dropped privs|Warning: |\d+ packets? (?:captured|received by filter|dropped by)|\^C|--$|\d+ packets? )/;

/** The time of a line in milliseconds as written, and what follows it; nothing when the line has none. */
function timeOf(line: string): { readonly atMs: number | undefined; readonly rest: string } | undefined {
  const dated = DATED.exec(line);
  const parts = dated ?? OF_DAY.exec(line);
  if (parts !== null) {
    const [hours, minutes, seconds, fraction] = parts.slice(dated === null ? 1 : 4);
    const day = dated === null ? 0 : Date.UTC(Number(dated[1]), Number(dated[2]) - 1, Number(dated[3]));
    const ofDay = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(`0.${fraction}`) * 1000;
    return { atMs: day + ofDay, rest: line.slice(parts[0].length) };
  }
  const seconds = SECONDS.exec(line);
  if (seconds !== null) return { atMs: Number(seconds[1]) * 1000 + Number(`0.${seconds[2]}`) * 1000, rest: line.slice(seconds[0].length) };
  const difference = DIFFERENCE.exec(line);
  return difference === null ? undefined : { atMs: undefined, rest: line.slice(difference[0].length) };
}

const isBegun = (read: Network | Begun): read is Begun => 'named' in read;

const EMPTY: Network = {
  source: undefined,
  destination: undefined,
  protocol: 'ip',
  sourcePort: undefined,
  destinationPort: undefined,
  tcpFlags: undefined,
  length: undefined,
  info: '',
};

/** The packets of a text, one being read at a time. */
class Reader {
  readonly packets: Open[] = [];
  readonly problems: Problem[] = [];
  readonly #input: Input;
  #current: Open | undefined;
  #begun: Begun | undefined;

  constructor(input: Input) {
    this.#input = input;
  }

  line(line: string, at: number): void {
    const time = timeOf(line);
    if (time === undefined && NOTES.test(line)) return;
    if (time === undefined && /^\s/.test(line)) this.#goOn(line);
    else this.#packet(line, time, at);
  }

  /** An indented line: the addresses of a header before it, or details that are left out. */
  #goOn(line: string): void {
    if (this.#begun === undefined || this.#current === undefined) return;
    const network = continued(line, this.#begun);
    if (network === undefined) return;
    Object.assign(this.#current, shown(network));
    this.#begun = undefined;
  }

  #packet(line: string, time: { readonly atMs: number | undefined; readonly rest: string } | undefined, at: number): void {
    const link = linkHeader(time?.rest ?? line);
    const read = networkOf(link.rest, link.length);
    const outer = this.#current;
    const isInner = time === undefined && outer?.protocol === 'vxlan' && outer.inner === undefined;
    if (read === undefined) {
      const known = time !== undefined || link.sourceMac !== undefined;
      if (!known) this.problems.push({ line: at, why: `no packet: ${quoted(line)}` });
      else this.#put({ ...EMPTY, protocol: 'unknown', info: redactedText(link.rest), length: link.length }, link, time?.atMs, at, isInner);
      return;
    }
    this.#put(
      isBegun(read) ? { ...EMPTY, protocol: read.named.toLowerCase(), length: read.length } : shown(read),
      link,
      time?.atMs,
      at,
      isInner,
    );
    this.#begun = isBegun(read) ? read : undefined;
  }

  #put(network: Network, link: ReturnType<typeof linkHeader>, atMs: number | undefined, at: number, isInner: boolean): void {
    const { dev, direction, sourceMac, destinationMac } = link;
    const outer = this.#current;
    const time = isInner ? outer?.atMs : atMs;
    const packet: Open = {
      atMs: time,
      dev,
      direction,
      sourceMac,
      destinationMac,
      ...network,
      inner: undefined,
      origin: lineOf(this.#input, at),
    };
    if (isInner && outer !== undefined) outer.inner = packet;
    else this.packets.push(packet);
    // what an inner packet goes on with is its own; the next line without a time is a packet again
    this.#current = packet;
    this.#begun = undefined;
  }
}

const shown = (network: Network): Network => ({ ...network, info: redactedText(network.info.slice(0, 4096)) });

/** tcpdump's text: any of `-t…`, `-n`, `-e`, `-v`, `-q`, cooked captures, VXLAN with the packet inside. */
export default defineFormat({
  id: 'tcpdump',
  is: 'packets as tcpdump prints them',
  tells: ['packet'],
  recognise: (head) => {
    const lines = linesOf(head).slice(0, 30);
    if (lines.some((line) => /^(?:reading from file|listening on) \S+, link-type /.test(line))) return 0.98;
    const hits = lines.filter((line) => {
      const time = timeOf(line);
      const rest = linkHeader(time?.rest ?? line);
      return (
        (time !== undefined || rest.sourceMac !== undefined || /^(?:IP6? |ARP, )/.test(line)) &&
        networkOf(rest.rest, undefined) !== undefined
      );
    });
    return hits.length === 0 ? 0 : hits.length * 4 >= lines.length ? 0.95 : 0.5;
  },
  parse: (input): Parsed => {
    const reader = new Reader(input);
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      reader.line(line.length > 65_536 ? line.slice(0, 65_536) : line, index + 1);
    }
    return { readings: [reading('packet', reader.packets, [])], problems: reader.problems };
  },
});
