import { contains, parseCidr } from '#net/cidr';
import { natOf, type Track } from '../../conntrack/connection.ts';
import { all, type Answer, type Compile, negated, type Context, type Options, type Test } from '../context.ts';
import { maskedOf, rangeOf, within } from '../numbers.ts';

/** The states that a packet is in at once (net/netfilter/xt_conntrack.c conntrack_mt). Without an entry it is INVALID. */
function isInState(track: Track | null, wanted: ReadonlySet<string>): boolean {
  const state = track?.state ?? 'INVALID';
  if (wanted.has(state)) return true;
  if (track?.connection === null || track === null) return false;
  const nat = natOf(track.connection);
  return (wanted.has('SNAT') && nat.source) || (wanted.has('DNAT') && nat.destination);
}

const STATES = new Set(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'SNAT', 'DNAT']);

function stateTest(options: Options, name: string): Test | undefined | null {
  const option = options.get(name);
  if (option === undefined) return null;
  const wanted = new Set(option.value.split(','));
  if ([...wanted].some((state) => !STATES.has(state))) return undefined;
  return ({ track }) => isInState(track, wanted) !== option.not;
}

/** `-m state --state …`, the older name of the same. */
export const state: Compile = (options) => stateTest(options, 'state') ?? undefined;

const KNOWN_STATUS = new Set(['NONE', 'EXPECTED', 'SEEN_REPLY', 'CONFIRMED', 'ASSURED']);

function statusAnswer({ track, stack }: Context, wanted: ReadonlySet<string>): Answer {
  const connection = track?.connection ?? null;
  if (connection === null) return false;
  if (wanted.has('SEEN_REPLY') && connection.seenReply) return true;
  if (wanted.has('CONFIRMED') && connection.confirmed) return true;
  if (wanted.has('ASSURED') && connection.seenReply) {
    return {
      gap: {
        of: 'conntrack',
        scope: stack.scope,
        why: 'not modelled',
        detail: 'whether the connection is assured depends on its earlier packets',
      },
    };
  }
  return wanted.has('NONE') && !connection.confirmed && !connection.seenReply;
}

function statusTest(options: Options): Test | undefined | null {
  const option = options.get('ctstatus');
  if (option === undefined) return null;
  const wanted = new Set(option.value.split(','));
  return [...wanted].every((one) => KNOWN_STATUS.has(one)) ? negated(option.not, (context) => statusAnswer(context, wanted)) : undefined;
}

/** Tests of one address or port of the connection's two tuples. */
function tupleTests(options: Options): (Test | undefined)[] {
  const tests: (Test | undefined)[] = [];
  for (const [name, tuple, end] of ADDRESSES) {
    const option = options.get(name);
    const prefix = option === undefined ? undefined : parseCidr(option.value);
    if (option === undefined) continue;
    tests.push(prefix && (({ track }) => track?.connection != null && contains(prefix, track.connection[tuple][end]) !== option.not));
  }
  for (const [name, tuple, end] of PORTS) {
    const option = options.get(name);
    const range = option === undefined ? undefined : rangeOf(option.value);
    if (option === undefined) continue;
    tests.push(range && (({ track }) => track?.connection != null && within(track.connection[tuple][end], range) !== option.not));
  }
  return tests;
}

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

/** `-m conntrack`. */
export const conntrack: Compile = (options) => {
  const tests: (Test | undefined | null)[] = [stateTest(options, 'ctstate'), statusTest(options), ...tupleTests(options)];
  const protocol = options.get('ctproto');
  if (protocol !== undefined)
    tests.push(({ track }) => track?.connection != null && (track.connection.protocol === protocol.value) !== protocol.not);
  const direction = options.get('ctdir');
  if (direction !== undefined) tests.push(({ track }) => track?.connection != null && track.direction === direction.value.toLowerCase());
  if (tests.includes(undefined)) return undefined;
  return all(tests.filter((test): test is Test => typeof test === 'function'));
};

/** `-m connmark --mark value/mask`. */
export const connmark: Compile = (options) => {
  const option = options.get('mark');
  const wanted = option === undefined ? undefined : maskedOf(option.value);
  if (option === undefined || wanted === undefined) return undefined;
  return ({ track }) => track?.connection != null && ((track.connection.mark & wanted.mask) >>> 0 === wanted.value) !== option.not;
};
