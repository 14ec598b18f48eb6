import type { Facts } from '#facts/facts';
import { flannelDevice } from '#intent/flannel/device';
import { agreement, type Setting } from '#intent/flannel/settings';
import { notTold } from '#intent/flannel/subjects';
import { absent, found, type Ruling, unknown } from './ruling.ts';

/** A node's VXLAN device that differs from its peers' in one setting. */
export type OddDevice = {
  readonly node: string;
  readonly device: string;
  readonly own: number;
  /** What its peers use. */
  readonly wanted: number;
  readonly peers: readonly string[];
};

/** Whether a node's VXLAN device differs from its peers' in a setting that both ends must agree on; `name` is what a reader calls it. */
export function settingRuling(facts: Facts, node: string, setting: Setting, name: string): Ruling<OddDevice> {
  const device = flannelDevice(facts, node);
  if (device.is === 'gap') return unknown(device.gap);
  if (device.value === null) return absent(device.origins);
  const standing = agreement(facts, node, setting);
  if (standing === undefined) return unknown(notTold('link', node, `the ${name} of ${device.value.name}`));
  if (standing.is === 'alone') return unknown(notTold('link', node, `the ${name} of any peer of ${device.value.name}`));
  if (standing.is === 'agrees') return absent(standing.origins);
  const { own, wanted, peers, origins } = standing;
  return found({ node, device: device.value.name, own, wanted, peers: peers.map((peer) => peer.node) }, origins);
}
