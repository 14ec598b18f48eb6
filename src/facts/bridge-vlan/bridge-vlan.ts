import { defineKind, type Fact, type Told } from '../kind.ts';

/** VLANs that a bridge's port, or the bridge itself, is a member of (`bridge vlan`; net/bridge/br_vlan.c). */
export type BridgeVlan = Fact & {
  readonly dev: string;
  readonly first: number;
  readonly last: number;
  /** Frames without a tag belong to it. */
  readonly pvid: Told<boolean>;
  /** Its frames leave without a tag. */
  readonly untagged: Told<boolean>;
};

export const bridgeVlan = defineKind<BridgeVlan>()({
  id: 'bridge-vlan',
  is: 'VLANs of a port of a bridge',
  key: (fact) => `${fact.dev} ${fact.first}-${fact.last}`,
  capture: 'bridge -j vlan show',
});
