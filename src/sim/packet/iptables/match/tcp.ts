import { all, type Compile, negated, type Test } from '../context.ts';
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

/** `-m tcp` (net/netfilter/xt_tcpudp.c tcp_mt). */
export const tcp: Compile = (options, where) => {
  const ports = transport('tcp')(options, where);
  if (ports === undefined) return undefined;
  const tests: (Test | undefined)[] = [ports];
  const flags = options.get('tcp-flags');
  const syn = options.get('syn');
  const option = options.get('tcp-option');
  if (flags !== undefined) tests.push(flagsTest(flags.values[0] ?? '', flags.values[1] ?? '', flags.not));
  if (syn !== undefined) tests.push(flagsTest('FIN,SYN,RST,ACK', 'SYN', syn.not));
  if (option !== undefined)
    tests.push((context) => notTold(context, 'packet', `whether the packet carries TCP option ${option.value} is not known`));
  return tests.every((test) => test !== undefined) ? all(tests) : undefined;
};
