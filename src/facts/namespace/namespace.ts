import { defineKind, type Fact, type Told } from '../kind.ts';

/** A network namespace of a node. Its id is the `netns` of the scopes that lie in it. */
export type Namespace = Fact & {
  readonly id: string;
  /** Inode of /proc/PID/ns/net: the same for all that share it, re-used after it is gone. */
  readonly inode: Told<number>;
  /** Name under /run/netns (or /var/run/docker/netns). */
  readonly name: Told<string | null>;
  /** The number by which the root namespace of the node knows it (`ip netns list-id`). */
  readonly nsid: Told<number | null>;
  readonly pids: Told<readonly number[]>;
  readonly pod: Told<{ readonly namespace: string; readonly name: string; readonly uid: Told<string> } | null>;
};

export const namespace = defineKind<Namespace>()({
  id: 'namespace',
  is: 'a network namespace',
  key: (fact) => fact.id,
  volatile: ['inode', 'pids'],
  capture: 'ip netns; /proc/PID/ns/net',
});
