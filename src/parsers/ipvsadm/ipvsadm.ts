import type { IpvsForward, IpvsMatch } from '#facts/ipvs-service/ipvs-service';
import type { Origin } from '#snapshot/origin';
import { entryOf } from '#net/entry';
import { defineFormat } from '../format.ts';
import { endpointOf, forwardOf, headOf, type Line, protocolOf, readServices, serverOf } from '../ipvs-words.ts';
import { quoted, wholeNumber, wordsOf } from '../lines.ts';

const TITLE = /^(?:IP Virtual Server version |Prot LocalAddress:Port|\s+-> RemoteAddress:Port)/;
const PROTOCOLS: Readonly<Record<string, string>> = { '-t': 'tcp', '-u': 'udp', '--sctp-service': 'sctp' };
const FORWARDS: Readonly<Record<string, IpvsForward>> = { '-m': 'masq', '-g': 'route', '-i': 'tunnel' };

/** `-A -t 10.96.0.1:443 -s rr`, `TCP  10.96.0.1:443 rr`: a line of either form. */
function lineOf(line: string, origin: Origin): Line {
  if (TITLE.test(line) || line.trim() === '') return undefined;
  const words = wordsOf(line);
  if (words[0] === '-A') return added(words, line, origin);
  if (words[0] === '-a') return addedServer(words, line);
  return words[0] === '->' ? listedServer(words, line) : listed(words, line, origin);
}

const after = (words: readonly string[], flag: string): string | undefined => {
  const at = words.indexOf(flag);
  return at < 0 ? undefined : words[at + 1];
};

/** What a rule is about: `-t …`, `-u …`, `-f 1 -6`. */
function matchOf(words: readonly string[]): IpvsMatch | undefined {
  const mark = after(words, '-f');
  if (mark !== undefined)
    return /^\d{1,10}$/.test(mark) ? { by: 'mark', mark: Number(mark), family: words.includes('-6') ? 6 : 4 } : undefined;
  const flag = Object.keys(PROTOCOLS).find((one) => words.includes(one)) ?? '';
  const [protocol, place] = [protocolOf(entryOf(PROTOCOLS, flag)), endpointOf(after(words, flag))];
  return protocol === undefined || place === undefined ? undefined : { by: 'address', protocol, ...place };
}

function added(words: readonly string[], line: string, origin: Origin): Line {
  const match = matchOf(words);
  if (match === undefined) return `no virtual server: ${quoted(line)}`;
  const persistent = after(words, '-p');
  const rest = [...(persistent === undefined ? [] : ['persistent', persistent]), ...(words.includes('-o') ? ['ops'] : [])];
  return { is: 'service', head: headOf(match, after(words, '-s') ?? 'wlc', rest, origin) };
}

function addedServer(words: readonly string[], line: string): Line {
  const [match, place, weight] = [matchOf(words), endpointOf(after(words, '-r')), wholeNumber(after(words, '-w') ?? '1')];
  const forward = Object.entries(FORWARDS).find(([flag]) => words.includes(flag))?.[1];
  if (match === undefined || place === undefined || forward === undefined || weight === undefined) return `no real server: ${quoted(line)}`;
  return { is: 'server', server: serverOf(place, forward, weight), match };
}

function listed(words: readonly string[], line: string, origin: Origin): Line {
  const [first, at] = words;
  const isMark = first === 'FWM' && /^\d{1,10}$/.test(at ?? '');
  const family = words[2] === 'IPv6' ? 6 : 4;
  const [protocol, place] = [protocolOf(first), endpointOf(at)];
  const match: IpvsMatch | undefined = isMark
    ? { by: 'mark', mark: Number(at), family }
    : protocol === undefined || place === undefined
      ? undefined
      : { by: 'address', protocol, ...place };
  const rest = words.slice(family === 6 ? 3 : 2);
  return match === undefined
    ? `no virtual server: ${quoted(line)}`
    : { is: 'service', head: headOf(match, rest[0] ?? '', rest.slice(1), origin) };
}

function listedServer(words: readonly string[], line: string): Line {
  const [place, forward, weight] = [endpointOf(words[1]), forwardOf(words[2]), wholeNumber(words[3])];
  if (place === undefined || forward === undefined || weight === undefined) return `no real server: ${quoted(line)}`;
  return { is: 'server', server: serverOf(place, forward, weight, wholeNumber(words[4]), wholeNumber(words[5])) };
}

/** The virtual servers of IPVS, as rules (`ipvsadm -S -n`) or as a list (`ipvsadm -L -n`). */
export default defineFormat({
  id: 'ipvsadm',
  is: '`ipvsadm`, as rules or as a list',
  tells: ['ipvs-service'],
  recognise: (head) =>
    /^-A -[tuf] \S+ (?:-6 )?-s \w+/.test(head) || /^IP Virtual Server version .*\nProt LocalAddress:Port Scheduler/.test(head) ? 0.9 : 0,
  parse: (input) => readServices(input, lineOf),
});
