import { familyOf } from '#net/ip';
import { all, type Compile, negated, type Test } from '../context.ts';
import { isLaterFragment } from '../fragment.ts';
import { notTold } from '../not-told.ts';
import { transport } from './transport.ts';

const FLAGS = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'] as const;
type Flag = (typeof FLAGS)[number];

function flagsOf(list: string): ReadonlySet<Flag> | undefined {
  if (list === 'ALL') return new Set(FLAGS);
  if (list === 'NONE') return new Set();
  const named = list.toLowerCase().split(',');
  return named.every((flag): flag is Flag => FLAGS.some((one) => one === flag)) ? new Set(named) : undefined;
}

/** `--tcp-flags SYN,RST,ACK SYN`: those asked about are exactly those set. */
function flagsTest(mask: string, compared: string, not: boolean): Test | undefined {
  const asked = flagsOf(mask);
  const wanted = flagsOf(compared);
  if (asked === undefined || wanted === undefined) return undefined;
  // A flag that is wanted but not asked about can never be seen set.
  const isPossible = [...wanted].every((flag) => asked.has(flag));
  return negated(
    not,
    ({ packet: { tcp } }) => isPossible && tcp !== null && [...asked].every((flag) => (tcp[flag] === true) === wanted.has(flag)),
  );
}

/**
 * A piece that begins 8 octets behind the ports would write over the flags: it is dropped at once. IPv6 tells the place in octets, where it
 * is never 1 (ip6_packet_match). iptables-nft asks by `-m tcp` or by nft itself, as its version is: one drops, the other does not match.
 */
const hotdrop: Test = (context) => {
  const { packet, backend } = context;
  if (!isLaterFragment(packet)) return true;
  if (packet.protocol !== 'tcp' || packet.fragment?.offset !== 8 || familyOf(packet.source) === 6) return false;
  const isSure = backend === 'legacy' && context.isDoubtful !== true;
  context.hotdrop = isSure ? true : notTold(context, 'iptables', 'whether a piece at offset 8 meets -m tcp is not known (tcp_mt)').gap;
  return false;
};

/** `-m tcp` (net/netfilter/xt_tcpudp.c tcp_mt). */
export const tcp: Compile = (options, where) => {
  const ports = transport('tcp')(options, where);
  if (ports === undefined) return undefined;
  const tests: (Test | undefined)[] = [hotdrop, ports];
  const flags = options.get('tcp-flags');
  const syn = options.get('syn');
  const option = options.get('tcp-option');
  if (flags !== undefined) tests.push(flagsTest(flags.values[0] ?? '', flags.values[1] ?? '', flags.not));
  if (syn !== undefined) tests.push(flagsTest('FIN,SYN,RST,ACK', 'SYN', syn.not));
  if (option !== undefined)
    tests.push((context) => notTold(context, 'packet', `whether the packet carries TCP option ${option.value} is not known`));
  return tests.every((test) => test !== undefined) ? all(tests) : undefined;
};
