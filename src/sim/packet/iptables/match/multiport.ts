import { type Compile, opposite } from '../context.ts';
import { isLaterFragment } from '../fragment.ts';
import { type Range, rangeOf } from '../numbers.ts';
import { eitherOf, portIn } from '../port.ts';

/** `-m multiport`: lists of ports and ranges; the whole list is negated (net/netfilter/xt_multiport.c multiport_mt). */
export const multiport: Compile = (options) => {
  const source = options.get('sports', 'source-ports');
  const destination = options.get('dports', 'destination-ports');
  const either = options.get('ports');
  const option = source ?? destination ?? either;
  const ranges = option?.value.split(',').map((text) => rangeOf(text));
  if (option === undefined || ranges === undefined || ranges.some((range) => range === undefined)) return undefined;
  const known = ranges.filter((range): range is Range => range !== undefined);
  return ({ packet }) => {
    if (packet.icmp !== null || isLaterFragment(packet)) return false;
    const hit = eitherOf(
      option !== destination && portIn(packet, 'sourcePort', known),
      option !== source && portIn(packet, 'destinationPort', known),
    );
    return option.not ? opposite(hit) : hit;
  };
};
