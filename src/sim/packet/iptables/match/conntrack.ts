import { contains, parseCidr } from '#net/cidr';
import { type Connection, natOf, rangeOfPort, seenBy, stateOf } from '../../conntrack/connection.ts';
import { UNTOLD_NAT, untoldNat } from '../../conntrack/untold-nat.ts';
import { type Answer, both, type Compile, type Context, negated, opposite, type Options, type Test } from '../context.ts';
import { notTold } from '../not-told.ts';
import { rangeOf } from '../numbers.ts';
import { withinSome } from '../port.ts';
import { protocolOf } from '../protocol.ts';
import { statusTest } from './ct-status.ts';

const STATES = new Set(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'SNAT', 'DNAT']);

/** The state of a packet and what NAT its connection has, as one set; without an entry it is INVALID. */
function isInState(context: Context, wanted: ReadonlySet<string>): Answer {
  const { track, stack } = context;
  if (wanted.has(stateOf(track))) return true;
  if (track?.connection == null) return false;
  const ends = ENDS.filter(([state]) => wanted.has(state)).map(([, end]) => end);
  const nat = natOf(track.connection);
  const untold = untoldNat(stack, track.connection);
  if (ends.some((end) => nat[end] && !untold[end])) return true;
  // of an id that was given anew it is one of both
  if (ends.length === 2 && ends.some((end) => nat[end])) return true;
  return ends.some((end) => untold[end]) ? notTold(context, 'conntrack', UNTOLD_NAT) : false;
}

const ENDS = [
  ['SNAT', 'source'],
  ['DNAT', 'destination'],
] as const;

function stateTest(options: Options, name: string): Test | undefined | null {
  const option = options.get(name);
  if (option === undefined) return null;
  const wanted = new Set(option.value.split(','));
  if ([...wanted].some((state) => !STATES.has(state))) return undefined;
  return negated(option.not, (context) => isInState(context, wanted));
}

/** `-m state --state …`, the older name of the same (net/netfilter/xt_state.c state_mt). */
export const state: Compile = (options) => stateTest(options, 'state') ?? undefined;

const ADDRESSES = [
  ['ctorigsrc', 'original', 'source'],
  ['ctorigdst', 'original', 'destination'],
  ['ctreplsrc', 'reply', 'source'],
  ['ctrepldst', 'reply', 'destination'],
] as const;

const PORTS = [
  ['ctorigsrcport', 'original', 'sourcePort'],
  ['ctorigdstport', 'original', 'destinationPort'],
  ['ctreplsrcport', 'reply', 'sourcePort'],
  ['ctrepldstport', 'reply', 'destinationPort'],
] as const;

const isSo = (connection: Connection | null, test: (connection: Connection) => Answer): Answer => connection !== null && test(connection);

/** Tests of one address or port of the connection's two tuples. */
function tupleTests(options: Options): (Test | undefined)[] {
  const tests: (Test | undefined)[] = [];
  for (const [name, tuple, end] of ADDRESSES) {
    const option = options.get(name);
    const prefix = option === undefined ? undefined : parseCidr(option.value);
    if (option === undefined) continue;
    tests.push(prefix && (({ track }) => isSo(seenBy(track), (one) => contains(prefix, one[tuple][end]) !== option.not)));
  }
  for (const [name, tuple, end] of PORTS) {
    const option = options.get(name);
    const range = option === undefined ? undefined : rangeOf(option.value);
    if (option === undefined) continue;
    tests.push(
      range &&
        (({ track }) =>
          isSo(seenBy(track), (one) => {
            const answer = withinSome(one[tuple][end], rangeOfPort(one, tuple, end), [range]);
            return option.not ? opposite(answer) : answer;
          })),
    );
  }
  return tests;
}

function otherTests(options: Options): (Test | undefined)[] {
  const tests: (Test | undefined)[] = [];
  const protocol = options.get('ctproto');
  if (protocol !== undefined) {
    const name = protocolOf(protocol.value);
    // a template is of no protocol
    tests.push(({ track }) => (name !== undefined && track?.connection?.protocol === name) !== protocol.not);
  }
  const direction = options.get('ctdir');
  if (direction !== undefined) tests.push(({ track }) => (track?.direction === direction.value.toLowerCase()) !== direction.not);
  const status = statusTest(options);
  if (status !== null) tests.push(status);
  const expire = options.get('ctexpire');
  if (expire !== undefined) tests.push((context) => notTold(context, 'conntrack', 'how long an entry still lives is not walked'));
  return tests;
}

/**
 * `-m conntrack` (net/netfilter/xt_conntrack.c conntrack_mt). Without a connection nothing but the state is asked: a rule with
 * a state then holds whatever else it demands, one without does not.
 */
export const conntrack: Compile = (options) => {
  const byState = stateTest(options, 'ctstate');
  const tests = [...tupleTests(options), ...otherTests(options)];
  if (byState === undefined || tests.includes(undefined)) return undefined;
  return (context): Answer => {
    let answer = byState?.(context) ?? true;
    if (answer === false) return false;
    if (seenBy(context.track) === null) return byState === null ? false : answer;
    for (const test of tests) {
      const own = test?.(context) ?? true;
      if (own === false) return false;
      if (own !== true) answer = both(answer, own);
    }
    return answer;
  };
};
