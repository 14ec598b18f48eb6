import type { Walk } from '#sim/packet/outcome';
import { sameOrigin } from '#snapshot/origin';
import type { Gap } from '#snapshot/gap';
import type { Evidence } from './ruling.ts';
import type { Ending, View } from './view.ts';

/** The failing ways that end on a node because of this very fact, rule or policy. */
export function endedBy(view: View, node: string, evidence: Evidence): readonly Ending[] {
  const origin = 'origin' in evidence ? evidence.origin : evidence;
  return view.endings(node).filter(({ walk }) => walk.reason.by.some((one) => sameOrigin(one.origin, origin)));
}

/** What keeps the checks that cross a node from being answered. */
export const openGaps = (view: View, node: string): readonly Gap[] => {
  const gaps = new Map<string, Gap>();
  for (const { answered } of view.unknowns(node)) for (const gap of answered.gaps) gaps.set(gap.detail, gap);
  return [...gaps.values()];
};

/** How the first pod of one node reaches that of another by ICMP; nothing where nobody could ask. */
export const linkAnswer = (view: View, from: string, to: string): 'pass' | 'fail' | 'unknown' | undefined =>
  view.checks.find(({ id }) => id === `pod-pod ${from}→${to}`)?.answered.result;

/** Whether a packet ended while a tunnel carried it: it was wrapped and not yet unwrapped. */
export const inTunnel = ({ hops }: Walk): boolean =>
  hops.flatMap(({ steps }) => steps).filter(({ element }) => element === 'vxlan').length % 2 === 1;

/** Whether a way ended in the very namespace of the connection that was asked about: a matter of that connection, not of the machine. */
export const isOwnConnection = ({ check, walk, way }: Ending): boolean =>
  check.kind === 'connection' && way === 'there' && walk.hops.length <= 1;
