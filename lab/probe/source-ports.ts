/** Below the kernel's own ephemeral ports and NodePorts, and above what the lab's programs listen on. */
const FIRST = 12_000;
const LAST = 27_999;

/**
 * Source ports one after the other, so that none comes again for a long time. The kernel draws them near those that it drew before, and a
 * connection from a port that was used meets what connection tracking still knows of it: its SYN goes where the earlier one was led, for
 * two minutes after that has gone.
 */
export function sourcePorts(): () => number {
  let next = FIRST;
  return () => {
    const port = next;
    next = port === LAST ? FIRST : port + 1;
    return port;
  };
}
