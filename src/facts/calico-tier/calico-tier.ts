import { defineKind, type Fact } from '../kind.ts';

/** A tier of Calico's policies. Cluster scope. */
export type CalicoTier = Fact & {
  readonly name: string;
  /** `null`: after all that have one. */
  readonly order: number | null;
  /** What becomes of traffic that a policy of the tier selects and no rule names. */
  readonly defaultAction: 'Deny' | 'Pass';
};

export const calicoTier = defineKind<CalicoTier>()({
  id: 'calico-tier',
  is: "a tier of Calico's policies",
  key: (fact) => fact.name,
  capture: 'kubectl get tiers.crd.projectcalico.org -o json',
});
