import {
  type Connection,
  DEFAULT_ZONE,
  natOf,
  stateOf,
  type Track,
  type Tuple,
  isExpected,
  natDone,
  UNTOLD_MASTER,
} from '../conntrack/connection.ts';
import { gapOf, type NftContext } from './context.ts';
import { untoldAssured } from '../conntrack/assured-stream.ts';
import { UNTOLD_NAT, untoldNat } from '../conntrack/untold-nat.ts';
import { address } from './address.ts';
import { protocolNumber } from './read-payload.ts';
import { one, type Read } from './value.ts';

const STATES: Readonly<Record<Track['state'], number>> = { INVALID: 1, ESTABLISHED: 2, RELATED: 4, NEW: 8, UNTRACKED: 64 };
const FAMILIES = { 4: 2, 6: 10 } as const;
const NAMES = { 4: 'ip', 6: 'ip6' } as const;

/** What is known of a packet's connection (net/netfilter/nft_ct.c nft_ct_get_eval); only its state can be asked where there is none. */
export function readCt(context: NftContext, key: string, direction: 'original' | 'reply' | null): Read {
  const { track, table } = context;
  if (table.family === 'bridge') return gapOf(context, 'connections that a bridge tracks are not modelled');
  if (key === 'state') return one(STATES[stateOf(track)]);
  // measured on 6.18.44: nothing but the state is told of a template; earlier kernels told it as of any connection
  if (track?.template !== undefined && track.connection === null) return gapOf(context, TEMPLATE);
  const connection = track?.connection ?? null;
  if (track === null || connection === null) return 'break';
  switch (key) {
    case 'direction':
      return one(track.direction === 'original' ? 0 : 1);
    case 'status':
      return status(context);
    case 'mark':
      return one(connection.mark);
    case 'l3proto':
      return one(FAMILIES[context.family]);
    case 'protocol':
      return one(protocolNumber(connection));
    case 'zone':
      return zone(connection, direction);
    case 'helper':
      return gapOf(context, 'which helper a connection has is not modelled');
    default:
      return ofTuple(connection[direction ?? track.direction], key, context.family) ?? gapOf(context, `ct ${key} is not modelled`);
  }
}

/** The number of its zone, also where that holds for one direction only; asked by direction, what holds there (NFT_CT_ZONE, nf_ct_zone_id). */
function zone({ zone: { original, reply } = DEFAULT_ZONE }: Connection, direction: 'original' | 'reply' | null): Read {
  if (direction === null) return one(original === 0 ? reply : original);
  return one(direction === 'original' ? original : reply);
}

/** A tuple's address that is asked for by its family breaks off where the connection is of the other one, also behind `!=` (NFT_CT_SRC_IP). */
function ofTuple(tuple: Tuple, key: string, family: 4 | 6): Read | undefined {
  const [, named, field] = /^(?:(ip6?) )?([sd]addr|proto-(?:src|dst))$/.exec(key) ?? [];
  if (named !== undefined && named !== NAMES[family]) return 'break';
  switch (field) {
    case 'saddr':
      return address(tuple.source);
    case 'daddr':
      return address(tuple.destination);
    case 'proto-src':
      return one(tuple.sourcePort);
    case 'proto-dst':
      return one(tuple.destinationPort);
    default:
      return undefined;
  }
}

const EXPECTED = 1;
const SEEN_REPLY = 2;
const ASSURED = 4;
const CONFIRMED = 8;
const SOURCE = 16;
const DESTINATION = 32;
const SOURCE_DONE = 128;
const DESTINATION_DONE = 256;

const UNTOLD_DONE = 'whether the hooks of NAT ran for a connection that is in the table is not told (nf_nat_core.c nf_nat_setup_info)';

const TEMPLATE = 'what nft reads of a zone’s template depends on the patches of this kernel (nft_ct.c nft_ct_get_eval)';

/** The bits of IPS_*, with those that the hooks of NAT leave though nothing was rewritten (nf_nat_alloc_null_binding). */
function status(context: NftContext): Read {
  const connection = context.track?.connection ?? null;
  if (connection === null) return 'break';
  const expected = isExpected(connection);
  if (expected === null) return gapOf(context, UNTOLD_MASTER);
  if (connection.assured === null) return gapOf(context, untoldAssured(connection));
  const untold = untoldNat(context.stack, connection);
  if (untold.source || untold.destination) return gapOf(context, UNTOLD_NAT);
  const done = natDone(connection);
  if (done === null) return gapOf(context, UNTOLD_DONE);
  const nat = natOf(connection);
  const bits =
    (expected ? EXPECTED : 0) +
    (connection.seenReply ? SEEN_REPLY : 0) +
    (connection.assured === true ? ASSURED : 0) +
    (connection.confirmed ? CONFIRMED : 0) +
    (nat.source ? SOURCE : 0) +
    (nat.destination ? DESTINATION : 0) +
    (done.source ? SOURCE_DONE : 0) +
    (done.destination ? DESTINATION_DONE : 0);
  return one(bits);
}
