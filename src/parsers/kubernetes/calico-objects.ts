import type { FactOf } from '#facts/kinds';
import { parseCidr } from '#net/cidr';
import { parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { listAt, member, textAt, textsAt } from '../document.ts';

const nameOf = (object: unknown): string | undefined => textAt(object, 'metadata', 'name');

/** A Tier. */
export function calicoTierOf(object: unknown, origin: Origin): FactOf<'calico-tier'> | undefined {
  const name = nameOf(object);
  if (name === undefined) return undefined;
  const order = member(object, 'spec', 'order');
  const defaultAction = textAt(object, 'spec', 'defaultAction') === 'Pass' ? 'Pass' : 'Deny';
  return { name, order: typeof order === 'number' ? order : null, defaultAction, origin };
}

/** A NetworkSet or GlobalNetworkSet. */
export function calicoNetworkSetOf(object: unknown, origin: Origin): FactOf<'calico-network-set'> | undefined {
  const name = nameOf(object);
  if (name === undefined) return undefined;
  const nets = (listAt(object, 'spec', 'nets') ?? []).flatMap((one) => (typeof one === 'string' ? (parseCidr(one) ?? []) : []));
  const namespace = textAt(object, 'kind') === 'NetworkSet' ? (textAt(object, 'metadata', 'namespace') ?? 'default') : null;
  return { namespace, name, labels: labelsOf(object), nets, origin };
}

/** A HostEndpoint. */
export function calicoHostEndpointOf(object: unknown, origin: Origin): FactOf<'calico-host-endpoint'> | undefined {
  const name = nameOf(object);
  if (name === undefined) return undefined;
  const texts = (field: string): string[] => (listAt(object, 'spec', field) ?? []).filter((one) => typeof one === 'string');
  return {
    name,
    node: textAt(object, 'spec', 'node') ?? '',
    interfaceName: textAt(object, 'spec', 'interfaceName') ?? null,
    expectedIps: texts('expectedIPs').flatMap((one) => parseIp(one) ?? []),
    labels: labelsOf(object),
    profiles: texts('profiles'),
    origin,
  };
}

/** Labels of an object; of one that Calico keeps in a CRD, those of its own metadata, which an annotation holds. */
function labelsOf(object: unknown): Readonly<Record<string, string>> {
  const own = textsAt(object, 'metadata', 'labels') ?? {};
  const kept = textAt(object, 'metadata', 'annotations', 'projectcalico.org/metadata');
  if (kept === undefined || kept.length > 65_536) return own;
  try {
    return { ...own, ...textsAt(JSON.parse(kept), 'labels') };
  } catch {
    return own;
  }
}
