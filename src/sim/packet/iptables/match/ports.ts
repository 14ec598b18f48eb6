import type { Packet } from '../../packet.ts';
import { all, type Compile, negated, type Test } from '../context.ts';
import { type Range, rangeOf, within } from '../numbers.ts';

const isProtocol =
  (protocol: Packet['protocol']): Test =>
  ({ packet }) =>
    packet.protocol === protocol;

function portTest(
  option: { readonly value: string; readonly not: boolean } | undefined,
  end: 'sourcePort' | 'destinationPort',
): Test | undefined | null {
  if (option === undefined) return null;
  const range = rangeOf(option.value);
  return range === undefined ? undefined : negated(option.not, ({ packet }) => within(packet[end], range));
}

function transport(protocol: Packet['protocol']): Compile {
  return (options) => {
    const source = portTest(options.get('sport', 'source-port'), 'sourcePort');
    const destination = portTest(options.get('dport', 'destination-port'), 'destinationPort');
    if (source === undefined || destination === undefined) return undefined;
    return all([isProtocol(protocol), ...[source, destination].filter((test) => test !== null)]);
  };
}

const FLAGS = ['fin', 'syn', 'rst', 'ack'] as const;

/** `--tcp-flags SYN,RST,ACK SYN` (net/netfilter/xt_tcpudp.c tcp_mt). PSH and URG never distinguish what is walked here. */
function flagsTest(mask: string, compared: string, not: boolean): Test {
  const named = (list: string): ReadonlySet<string> => new Set(list === 'ALL' ? [...FLAGS, 'psh', 'urg'] : list.toLowerCase().split(','));
  const asked = named(mask);
  const wanted = compared === 'NONE' ? new Set<string>() : named(compared);
  return negated(not, ({ packet: { tcp } }) => {
    if (tcp === null || wanted.has('psh') || wanted.has('urg')) return false;
    return FLAGS.every((flag) => !asked.has(flag) || tcp[flag] === wanted.has(flag));
  });
}

/** Matches `-m tcp`. */
export const tcp: Compile = (options) => {
  const ports = transport('tcp')(options);
  const flags = options.get('tcp-flags');
  const syn = options.get('syn');
  if (ports === undefined) return undefined;
  const tests: Test[] = [ports];
  if (flags !== undefined) tests.push(flagsTest(flags.values[0] ?? '', flags.values[1] ?? '', flags.not));
  if (syn !== undefined) tests.push(flagsTest('FIN,SYN,RST,ACK', 'SYN', syn.not));
  return all(tests);
};

export const udp: Compile = transport('udp');
export const sctp: Compile = transport('sctp');

/** Matches `-m multiport` (net/netfilter/xt_multiport.c). */
export const multiport: Compile = (options) => {
  const source = options.get('sports', 'source-ports');
  const destination = options.get('dports', 'destination-ports');
  const either = options.get('ports');
  const option = source ?? destination ?? either;
  const ranges = option?.value.split(',').map((text) => rangeOf(text));
  if (option === undefined || ranges === undefined || ranges.some((range) => range === undefined)) return undefined;
  const known = ranges.filter((range): range is Range => range !== undefined);
  const inOne = (port: number): boolean => known.some((range) => within(port, range));
  return ({ packet }) => {
    if (packet.icmp !== null) return false;
    const hit =
      (option === source && inOne(packet.sourcePort)) ||
      (option === destination && inOne(packet.destinationPort)) ||
      (option === either && (inOne(packet.sourcePort) || inOne(packet.destinationPort)));
    return hit !== option.not;
  };
};

const ICMP_NAMES: Readonly<Record<string, readonly [number, number | null]>> = {
  any: [255, null],
  'echo-reply': [0, 0],
  'destination-unreachable': [3, null],
  'network-unreachable': [3, 0],
  'host-unreachable': [3, 1],
  'port-unreachable': [3, 3],
  'fragmentation-needed': [3, 4],
  redirect: [5, null],
  'echo-request': [8, 0],
  'router-advertisement': [9, null],
  'router-solicitation': [10, null],
  'time-exceeded': [11, null],
  'parameter-problem': [12, null],
};

const ICMP6_NAMES: Readonly<Record<string, readonly [number, number | null]>> = {
  'destination-unreachable': [1, null],
  'packet-too-big': [2, null],
  'time-exceeded': [3, null],
  'parameter-problem': [4, null],
  'echo-request': [128, null],
  'echo-reply': [129, null],
  'router-solicitation': [133, null],
  'router-advertisement': [134, null],
  'neighbour-solicitation': [135, null],
  'neighbor-solicitation': [135, null],
  'neighbour-advertisement': [136, null],
  'neighbor-advertisement': [136, null],
};

function icmpOf(protocol: 'icmp' | 'icmpv6', option: string, names: typeof ICMP_NAMES): Compile {
  return (options) => {
    const asked = options.get(option);
    if (asked === undefined) return isProtocol(protocol);
    const [type = '', code] = asked.value.split('/');
    const wanted =
      names[asked.value] ?? (/^\d+$/.test(type) ? ([Number(type), code === undefined ? null : Number(code)] as const) : undefined);
    if (wanted === undefined) return undefined;
    return ({ packet }) => {
      if (packet.protocol !== protocol || packet.icmp === null) return false;
      const hit =
        (wanted[0] === 255 && protocol === 'icmp') ||
        (packet.icmp.type === wanted[0] && (wanted[1] === null || packet.icmp.code === wanted[1]));
      return hit !== asked.not;
    };
  };
}

export const icmp: Compile = icmpOf('icmp', 'icmp-type', ICMP_NAMES);
export const icmp6: Compile = icmpOf('icmpv6', 'icmpv6-type', ICMP6_NAMES);
