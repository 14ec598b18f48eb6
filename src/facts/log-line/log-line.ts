import { defineKind, type Fact, type Told } from '../kind.ts';

/** A line of a component's log (klog, journald). */
export type LogLine = Fact & {
  /** flanneld, kubelet, dockerd …, as far as the line or its file tells. */
  readonly component: Told<string>;
  /** Milliseconds since 1970 by the node's wall clock; klog's missing year and zone are taken from the look's clock. */
  readonly at: Told<number>;
  readonly level: Told<'info' | 'warning' | 'error' | 'fatal'>;
  /** `vxlan_network.go:350`. */
  readonly from: Told<string | null>;
  readonly text: string;
};

export const logLine = defineKind<LogLine>()({
  id: 'log-line',
  is: 'a line of a log',
  key: (fact) => `${fact.origin.file}:${fact.origin.line ?? 0}`,
  capture: 'journalctl -u flanneld -u kubelet -u docker --no-pager -n 2000',
});
