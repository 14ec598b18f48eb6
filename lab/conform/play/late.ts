import type { Header, Seen } from '../stage/wire.ts';

/**
 * Whether an error is about what a kernel said by itself in an earlier round, and not in this: a neighbour's silence is told after three
 * seconds (net/core/neighbour.c neigh_timer_handler), in whichever round they end, and quotes the packet that waited.
 */
export function isAboutEarlier({ header }: Seen, now: readonly Seen[], earlier: readonly Seen[]): boolean {
  const error = innermost(header);
  if (error.about === undefined || !saysUnreachable(error)) return false;
  const quoted = innermost(error.about);
  const isSame = (one: Seen): boolean => sameWords(innermost(one.header), quoted);
  // with a number in its content it was told already
  return quoted.id === 0 && earlier.some(isSame) && !now.some(isSame);
}

/** What is said of a neighbour's silence: host unreachable (ipv4_link_failure), address unreachable (ip6_link_failure). */
const saysUnreachable = ({ protocol, type, code }: Header): boolean =>
  protocol === ICMP ? type === 3 && code === 1 : type === 1 && code === 3;

const ICMP = 1;

/** What a tunnel carries, or the packet itself. */
const innermost = (header: Header): Header => (header.inner === undefined ? header : innermost(header.inner));

/** Whether two say the same, whatever NAT has made of their addresses and ports: TCP's numbers and flags, SCTP's tag and first chunk. */
const sameWords = (one: Header, other: Header): boolean => WORDS.every((word) => one[word] === other[word]);

const WORDS = ['protocol', 'seq', 'ack', 'flags', 'tag', 'chunk'] as const;
