import type { Stack } from '#dataplane/stack';
import type { Origin } from '#snapshot/origin';
import type { Packet } from './packet.ts';
import type { FactRef, Hop, Step } from './outcome.ts';

/** The way so far, newest first: copies of a packet share the part before they parted. */
export type Trail = { readonly before: Trail | null } & (
  | { readonly enters: Stack; readonly in: string | null }
  | { readonly leaves: string; readonly packet?: Packet }
  | { readonly step: Step }
);

/** The trail with one more step. */
export function stepped(
  before: Trail | null,
  element: string,
  says: string,
  by: readonly FactRef[],
  packet?: Packet,
  counted: readonly Origin[] = [],
  mayCount: readonly Origin[] = [],
): Trail {
  const step = packet === undefined ? { element, says, by, counted } : { element, says, by, counted, packet };
  return { before, step: mayCount.length === 0 ? step : { ...step, mayCount } };
}

/** A trail of which only what `other` counted too is sure: the rest of both, behind `since`, may have counted. */
export function agreed(trail: Trail, other: Trail, since: Trail): Trail {
  const [own, its] = [countedSince(trail, since), countedSince(other, since)];
  const sure = new Set([...own].filter((rule) => its.has(rule)));
  const more = [...its].filter((rule) => !own.has(rule));
  const parts: Trail[] = [];
  for (let at: Trail | null = trail; at !== null && at !== since; at = at.before) parts.push(at);
  const both = parts.reduceRight<Trail>(
    (before, part) => ('step' in part ? { step: partly(part.step, sure), before } : { ...part, before }),
    since,
  );
  return more.length === 0 ? both : stepped(both, 'netfilter', 'in the other order these rules see the packet', [], undefined, [], more);
}

function countedSince(trail: Trail, since: Trail): ReadonlySet<Origin> {
  const found = new Set<Origin>();
  for (let at: Trail | null = trail; at !== null && at !== since; at = at.before)
    if ('step' in at) for (const rule of at.step.counted) found.add(rule);
  return found;
}

const partly = (step: Step, sure: ReadonlySet<Origin>): Step =>
  step.counted.every((rule) => sure.has(rule))
    ? step
    : {
        ...step,
        counted: step.counted.filter((rule) => sure.has(rule)),
        mayCount: [...(step.mayCount ?? []), ...step.counted.filter((rule) => !sure.has(rule))],
      };

/** The trail as hops: one for each namespace in turn. */
export function hopsOf(trail: Trail | null): readonly Hop[] {
  const parts: Trail[] = [];
  for (let at = trail; at !== null; at = at.before) parts.push(at);
  const hops: { stack: Stack; in: string | null; out: string | null; left?: Packet; steps: Step[] }[] = [];
  for (const part of parts.reverse()) {
    const hop = hops.at(-1);
    if ('enters' in part) {
      // a packet that only changes devices (a tunnel's inside) stays in its hop
      if (hop === undefined || hop.stack !== part.enters || hop.out !== null)
        hops.push({ stack: part.enters, in: part.in, out: null, steps: [] });
    } else if ('leaves' in part) {
      if (hop === undefined) continue;
      hop.out = part.leaves;
      if (part.packet !== undefined) hop.left = part.packet;
    } else hop?.steps.push(part.step);
  }
  return hops.map((hop) => ({
    at: { ...hop.stack.scope, device: hop.out ?? hop.in },
    in: hop.in,
    out: hop.out,
    steps: hop.steps,
    ...(hop.left === undefined ? {} : { left: hop.left }),
  }));
}
