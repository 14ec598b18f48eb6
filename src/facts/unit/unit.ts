import { defineKind, type Fact, type Told } from '../kind.ts';

/** A systemd unit: what its files say, and whether it runs. */
export type Unit = Fact & {
  readonly name: string;
  /** Directives by section and name, in file order, drop-ins after the unit: `Unit.After` → values. */
  readonly directives: Told<ReadonlyMap<string, readonly string[]>>;
  readonly active: Told<string>;
  readonly enabled: Told<string>;
  /** Milliseconds of the monotonic clock when it became active. */
  readonly activeSinceMs: Told<number | null>;
};

export const unit = defineKind<Unit>()({
  id: 'unit',
  is: 'a systemd unit',
  key: (fact) => fact.name,
  volatile: ['activeSinceMs'],
  capture: 'systemctl cat flanneld docker containerd kubelet; systemctl show …',
});
