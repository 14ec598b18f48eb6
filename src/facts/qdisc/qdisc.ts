import { defineKind, type Fact, type Told } from '../kind.ts';

/** What stands between a device and its wire (`tc qdisc`; net/sched): a queue, or the place where programs are hung. */
export type Qdisc = Fact & {
  readonly dev: string;
  /** `noqueue`, `fq_codel`, `netem`, `clsact`, `ingress` …. */
  readonly kind: string;
  readonly handle: Told<string>;
  /** `root`, or the class that it hangs on. */
  readonly parent: Told<string>;
  /** Its options as the tool writes them. */
  readonly options: Told<string>;
  /** Filters that were read at it; nothing where they were not asked for. */
  readonly filters: Told<readonly QdiscFilter[]>;
};

/** A filter at a device's entrance or exit, in the tool's words. */
export type QdiscFilter = { readonly side: 'ingress' | 'egress'; readonly kind: string; readonly line: number };

export const qdisc = defineKind<Qdisc>()({
  id: 'qdisc',
  is: 'what stands between a device and its wire',
  key: (fact) => `${fact.dev} ${fact.kind} ${fact.handle ?? ''} ${fact.parent ?? ''}`,
  capture: 'tc qdisc show; tc filter show dev DEVICE ingress',
});
