import type { Packet } from '../../packet.ts';
import { all, type Compile, negated, type Options, type Test } from '../context.ts';
import { isLaterFragment } from '../fragment.ts';
import { rangeOf } from '../numbers.ts';
import { portIn } from '../port.ts';

/** A packet of a protocol that has its header: a later fragment matches nothing (net/netfilter/xt_tcpudp.c). */
export const hasHeader =
  (protocol: Packet['protocol']): Test =>
  ({ packet }) =>
    packet.protocol === protocol && !isLaterFragment(packet);

type Option = ReturnType<Options['get']>;

function portTest(option: Option, end: 'sourcePort' | 'destinationPort'): Test | undefined | null {
  if (option === undefined) return null;
  const range = rangeOf(option.value);
  return range === undefined ? undefined : negated(option.not, ({ packet }) => portIn(packet, end, [range]));
}

/** The ports of a protocol that has them. */
export function transport(protocol: Packet['protocol']): Compile {
  return (options) => {
    const source = portTest(options.get('sport', 'source-port'), 'sourcePort');
    const destination = portTest(options.get('dport', 'destination-port'), 'destinationPort');
    if (source === undefined || destination === undefined) return undefined;
    return all([hasHeader(protocol), ...[source, destination].filter((test) => test !== null)]);
  };
}
