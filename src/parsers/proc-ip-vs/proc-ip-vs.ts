import type { IpvsMatch } from '#facts/ipvs-service/ipvs-service';
import type { Origin } from '#snapshot/origin';
import { defineFormat } from '../format.ts';
import { type Endpoint, forwardOf, headOf, hexAddress, hexPort, type Line, protocolOf, readServices, serverOf } from '../ipvs-words.ts';
import { quoted, wholeNumber, wordsOf } from '../lines.ts';

const VERSION = /^IP Virtual Server version /;
const TITLE = /^(?:Prot LocalAddress:Port|\s+-> RemoteAddress:Port)/;

/** `0A600001:01BB`, `[fd00:0096:…]:01BB`. */
function endpoint(text: string | undefined): Endpoint | undefined {
  const [, six, four, port] = /^(?:\[([0-9a-f:]{2,39})\]|([0-9A-F]{8})):([0-9A-F]{4})$/.exec(text ?? '') ?? [];
  const [address, number] = [hexAddress(six ?? four), hexPort(port)];
  return address === undefined || number === undefined ? undefined : { address, port: number };
}

function lineOf(line: string, origin: Origin): Line {
  if (VERSION.test(line) || TITLE.test(line) || line.trim() === '') return undefined;
  const words = wordsOf(line);
  if (words[0] === '->') {
    const [server, forward, weight] = [endpoint(words[1]), forwardOf(words[2]), wholeNumber(words[3])];
    if (server === undefined || forward === undefined || weight === undefined) return `no real server: ${quoted(line)}`;
    return { is: 'server', server: serverOf(server, forward, weight, wholeNumber(words[4]), wholeNumber(words[5])) };
  }
  const match = matchOf(words);
  if (match === undefined) return `no virtual server: ${quoted(line)}`;
  const head = headOf(match, words[2] ?? '', words.slice(3), origin);
  // how long is printed in the kernel's ticks, and how many make a second is not (ip_vs_info_seq_show)
  return { is: 'service', head: head.persistentSeconds === null ? head : { ...head, persistentSeconds: undefined } };
}

function matchOf([protocol, at]: readonly string[]): IpvsMatch | undefined {
  // which family a mark is of is not printed
  if (protocol === 'FWM' && /^[0-9A-F]{8}$/.test(at ?? '')) return { by: 'mark', mark: Number.parseInt(at ?? '', 16), family: 4 };
  const [known, place] = [protocolOf(protocol), endpoint(at)];
  return known === undefined || place === undefined ? undefined : { by: 'address', protocol: known, ...place };
}

/** The virtual servers of IPVS as the kernel lists them, real ones in its own order (ip_vs_info_seq_show). */
export default defineFormat({
  id: 'proc-ip-vs',
  is: '/proc/net/ip_vs: virtual servers of IPVS',
  tells: ['ipvs-service'],
  // ipvsadm pads its third line
  recognise: (head) =>
    /^IP Virtual Server version [^\n]*\nProt LocalAddress:Port Scheduler Flags\n {2}-> RemoteAddress:Port Forward Weight/.test(head)
      ? 0.98
      : 0,
  parse: (input) => readServices(input, lineOf),
});
