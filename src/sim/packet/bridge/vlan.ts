import type { BridgeVlan } from '#facts/bridge-vlan/bridge-vlan';
import type { Link } from '#facts/link/link';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import type { FactRef } from '../outcome.ts';

/** The VLAN that a frame belongs to on a bridge; 0 where it tells none apart. */
export type Ingress =
  | { readonly is: 'vlan'; readonly vlan: number; readonly by: readonly FactRef[] }
  | { readonly is: 'refused'; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

/** How a frame leaves by a port: with the tag of its VLAN, or without one. */
export type Egress =
  | { readonly is: 'out'; readonly tag: number | undefined; readonly by: readonly FactRef[] }
  | Exclude<Ingress, { is: 'vlan' }>;

const isIn =
  (vlan: number) =>
  ({ first, last }: BridgeVlan) =>
    vlan >= first && vlan <= last;

/** Whether a device is a member of the VLAN that a frame was found to be of: it is of none where the lists were not read. */
export const isMember = ({ vlans }: Stack, { name }: Link, vlan: number): boolean =>
  vlan === 0 || (vlans.is === 'seen' && (vlans.table.get(name) ?? []).some(isIn(vlan)));

function vlansOf(stack: Stack, dev: string): readonly BridgeVlan[] | Gap {
  const { vlans } = stack;
  if (vlans.is === 'gap')
    return { of: 'bridge-vlan', scope: stack.scope, why: 'not collected', detail: `the VLANs of ${dev} were not read` };
  return vlans.table.get(dev) ?? [];
}

/** Which VLAN a frame is of that comes in by a port, or from the bridge itself (net/bridge/br_vlan.c __allowed_ingress). */
export function ingress(stack: Stack, bridge: Link, port: Link, tag: number | undefined): Ingress {
  if (bridge.bridge?.vlanFiltering !== true) return { is: 'vlan', vlan: 0, by: [] };
  const own = vlansOf(stack, port.name);
  if (!('length' in own)) return { is: 'gap', gap: own };
  const found = tag === undefined || tag === 0 ? own.find(({ pvid }) => pvid === true) : own.find(isIn(tag));
  if (found === undefined) {
    const what = tag === undefined || tag === 0 ? 'frames without a tag' : `VLAN ${tag}`;
    return { is: 'refused', says: `${port.name} takes no ${what}`, by: [stack.cite('link', port)] };
  }
  return { is: 'vlan', vlan: tag === undefined || tag === 0 ? found.first : tag, by: [stack.cite('bridge-vlan', found)] };
}

/** Whether and how a frame of a VLAN leaves by a port, or goes up to the bridge itself (br_allowed_egress, br_handle_vlan). */
export function egress(stack: Stack, bridge: Link, port: Link, vlan: number, tag: number | undefined): Egress {
  if (bridge.bridge?.vlanFiltering !== true) return { is: 'out', tag, by: [] };
  const own = vlansOf(stack, port.name);
  if (!('length' in own)) return { is: 'gap', gap: own };
  const found = own.find(isIn(vlan));
  if (found === undefined) return { is: 'refused', says: `${port.name} is no member of VLAN ${vlan}`, by: [stack.cite('link', port)] };
  return { is: 'out', tag: found.untagged === true ? undefined : vlan, by: [stack.cite('bridge-vlan', found)] };
}
