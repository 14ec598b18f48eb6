import { defineKind, type Fact, type Told } from '../kind.ts';

/** A configuration of the pod network: the runtime takes the first by name of its folder for each new pod. */
export type CniConfig = Fact & {
  readonly path: string;
  readonly name: Told<string>;
  /** The plugins in the order in which they are called. */
  readonly types: readonly string[];
};

export const cniConfig = defineKind<CniConfig>()({
  id: 'cni-config',
  is: 'a CNI configuration',
  key: (fact) => fact.path,
  capture: 'cat /etc/cni/net.d/*',
});
