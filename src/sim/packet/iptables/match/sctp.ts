import { SCTP_CHUNKS, type SctpChunk } from '../../packet.ts';
import { all, type Compile, negated, type Test } from '../context.ts';
import { notTold } from '../not-told.ts';
import { transport } from './transport.ts';

/** What a chunk's flags are called, from the highest bit to the lowest (extensions/libxt_sctp.c sctp_chunk_names); others have none that is named. */
const FLAGS: Readonly<Record<string, string>> = { DATA: '----IUBE', ABORT: '-------T', SHUTDOWN_COMPLETE: '-------T' };

/** Those that xt_sctp has names for; the last three no packet is walked with. */
const KNOWN: ReadonlySet<string> = new Set([...SCTP_CHUNKS, 'ASCONF', 'ASCONF_ACK', 'FORWARD_TSN']);

/** A kind of chunk, and which bits of its flags are asked about. */
type Wanted = { readonly type: string; readonly mask: number; readonly set: number };

/** `DATA:Be`: a chunk DATA with the flag B and without E. */
function wantedOf(text: string): Wanted | undefined {
  const [type = '', letters = ''] = text.split(':');
  if (!KNOWN.has(type)) return undefined;
  let [mask, set] = [0, 0];
  for (const letter of letters) {
    const place = (FLAGS[type] ?? '').indexOf(letter.toUpperCase());
    if (place < 0 || !/[a-z]/i.test(letter)) return undefined;
    const bit = 0x80 >> place;
    mask |= bit;
    if (letter !== letter.toLowerCase()) set |= bit;
  }
  return { type, mask, set };
}

const isWanted = ({ type, flags = 0 }: SctpChunk, wanted: readonly Wanted[]): boolean =>
  wanted.some((one) => one.type === type && (flags & one.mask) === one.set);

type Chunks = (chunks: readonly SctpChunk[]) => boolean;

/** `all`: each of the kinds is there; `any`: one of them is; `only`: nothing else is (match_packet). */
function chunksTest(how: string, list: string): Chunks | undefined {
  const isAny = list === 'ALL';
  const named = isAny || list === 'NONE' ? [] : list.split(',').map(wantedOf);
  if (named.some((one) => one === undefined)) return undefined;
  const wanted = named.filter((one) => one !== undefined);
  const fits = (chunk: SctpChunk): boolean => isAny || isWanted(chunk, wanted);
  switch (how) {
    case 'any':
      return (chunks) => chunks.some(fits);
    case 'only':
      return (chunks) => chunks.every(fits);
    case 'all':
      // no packet carries a chunk of each of the 256 kinds
      return (chunks) => !isAny && wanted.every((one) => chunks.some((chunk) => isWanted(chunk, [one])));
    default:
      return undefined;
  }
}

/** `-m sctp` (net/netfilter/xt_sctp.c sctp_mt). */
export const sctp: Compile = (options, where) => {
  const ports = transport('sctp')(options, where);
  const asked = options.get('chunk-types');
  if (ports === undefined || asked === undefined) return ports;
  const holds = chunksTest(asked.values[0] ?? '', asked.values[1] ?? '');
  if (holds === undefined) return undefined;
  const chunks: Test = (context) =>
    context.packet.sctp === undefined
      ? notTold(context, 'packet', 'which chunks an SCTP packet carries is not known (net/netfilter/xt_sctp.c)')
      : holds(context.packet.sctp.chunks);
  return all([ports, negated(asked.not, chunks)]);
};
