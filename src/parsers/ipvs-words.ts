import { type IpvsForward, type IpvsMatch, ipvsMatchText, type IpvsServer, type IpvsService } from '#facts/ipvs-service/ipvs-service';
import { familyOf, type Ip, parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { entryOf } from '#net/entry';
import { type Input, lineOf, type Parsed, type Problem, reading } from './format.ts';
import { coverageOf, linesOf, quoted, wholeNumber } from './lines.ts';

/** An address with its port. */
export type Endpoint = { readonly address: Ip; readonly port: number };

const PROTOCOLS: Readonly<Record<string, 'tcp' | 'udp' | 'sctp'>> = { tcp: 'tcp', udp: 'udp', sctp: 'sctp' };

/** What a protocol's name says, in either case. */
export const protocolOf = (text: string | undefined): 'tcp' | 'udp' | 'sctp' | undefined => entryOf(PROTOCOLS, text?.toLowerCase());

/** `10.96.0.1:443`, `[fd00::1]:443`, `0.0.0.0:0`. */
export function endpointOf(text: string | undefined): Endpoint | undefined {
  const [, six, four, port] = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([0-9.]{7,15})):(\d{1,5})$/.exec(text ?? '') ?? [];
  const address = parseIp(six ?? four ?? '');
  return address === undefined || port === undefined || Number(port) > 0xffff ? undefined : { address, port: Number(port) };
}

/** `0A600001`, `fd00:0096:0000:0000:0000:0000:0000:0001`: an address as the kernel prints it. */
export function hexAddress(text: string | undefined): Ip | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9A-F]{8}$/.test(text)) return text.includes(':') ? parseIp(text) : undefined;
  return parseIp([0, 2, 4, 6].map((at) => Number.parseInt(text.slice(at, at + 2), 16)).join('.'));
}

export const hexPort = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9A-F]{4}$/.test(text) ? Number.parseInt(text, 16) : undefined;

const FORWARDS: Readonly<Record<string, IpvsForward>> = { masq: 'masq', route: 'route', tunnel: 'tunnel', local: 'local' };
export const forwardOf = (text: string | undefined): IpvsForward | undefined => entryOf(FORWARDS, text?.toLowerCase());

/** How a virtual server is written before its servers are known. */
export type ServiceHead = Omit<IpvsService, 'servers'>;

/** A line as what it means, or in words why it is not understood; nothing for a line without meaning. */
export type Line =
  | { readonly is: 'service'; readonly head: ServiceHead }
  /** `match`: whose it is, where the line itself tells. */
  | { readonly is: 'server'; readonly server: IpvsServer; readonly match?: IpvsMatch }
  | string
  | undefined;

/** Virtual servers with their real ones out of the lines of any form. */
export function readServices(input: Input, lineOfText: (line: string, origin: Origin) => Line): Parsed {
  const services: { head: ServiceHead; servers: IpvsServer[] }[] = [];
  const byMatch = new Map<string, IpvsServer[]>();
  const problems: Problem[] = [];
  let own: IpvsServer[] | undefined;
  for (const [index, line] of linesOf(input.text).entries()) {
    const read = lineOfText(line, lineOf(input, index + 1));
    if (read === undefined) continue;
    if (typeof read === 'string') {
      problems.push({ line: index + 1, why: read });
      // a virtual server that lacks one of its own is another, and what stands behind a lost one is not of the one before
      if (/^ *->/.test(line) && own !== undefined) services.pop();
      if (!line.startsWith('-')) own = undefined;
    } else if (read.is === 'service') {
      const servers: IpvsServer[] = [];
      own = servers;
      services.push({ head: read.head, servers });
      byMatch.set(ipvsMatchText(read.head.match), servers);
    } else {
      const to = read.match === undefined ? own : byMatch.get(ipvsMatchText(read.match));
      if (to === undefined) problems.push({ line: index + 1, why: `a real server of no virtual one: ${quoted(line)}` });
      else to.push(read.server);
    }
  }
  const facts = services.map(({ head, servers }) => ({ ...head, match: matchBehind(head.match, servers), servers }));
  return { readings: [reading('ipvs-service', facts, problems.length > 0 ? [] : coverageOf(input))], problems };
}

/** The kernel does not print which family a mark is of; its servers tell. */
function matchBehind(match: IpvsMatch, [first]: readonly IpvsServer[]): IpvsMatch {
  return match.by === 'mark' && first !== undefined ? { ...match, family: familyOf(first.address) } : match;
}

/** The head of `TCP … rr ops persistent 360`: flags and persistence behind the scheduler's name. */
export const headOf = (match: IpvsMatch, scheduler: string, rest: readonly string[], origin: Origin): ServiceHead => {
  const persistent = rest.indexOf('persistent');
  const seconds = wholeNumber(rest[persistent + 1]);
  return {
    match,
    scheduler,
    persistentSeconds: persistent < 0 ? null : seconds,
    perPacket: rest.includes('ops'),
    origin,
  };
};

/** The real server of an endpoint. */
export const serverOf = (
  { address, port }: Endpoint,
  forward: IpvsForward,
  weight: number,
  active?: number,
  inactive?: number,
): IpvsServer => ({ address, port, forward, weight, active, inactive });
