import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { originText } from '#snapshot/origin';
import { CLUSTER, type Scope } from '#snapshot/scope';
import { behindAddress, behindPrefix } from './behind-address.ts';
import { podOfDevice } from './behind-chain.ts';
import { ipRuleText, ipRuleTold } from './ip-rule.ts';
import { distinct } from './iptables.ts';
import { ipvsTold } from './ipvs.ts';
import { type Program, programOfDevice, programOfProtocol, programOfSet } from './names.ts';
import type { Behind, Owned } from './owned.ts';
import type { OwnedKind, Placed } from './place.ts';

type OfFact = Extract<Placed, { is: 'fact' }>;
type Told = Pick<Owned, 'owner' | 'because' | 'behind' | 'text'> & Partial<Pick<Owned, 'gaps'>>;

/** Whose a route, device, address, neighbour, forwarding entry, set or object is. */
export function plainOwned(facts: Facts, { kind, fact, scope }: OfFact): Owned {
  const told = toldOf(facts, kind, fact, scope);
  return { what: kind, origin: fact.origin, gaps: [], ...told, behind: distinct(told.behind) };
}

function toldOf(facts: Facts, kind: OwnedKind, fact: FactOf<OwnedKind>, scope: Scope): Told {
  const { node } = scope;
  switch (kind) {
    case 'route':
      return routeTold(facts, fact as FactOf<'route'>, node);
    case 'rule': {
      const rule = fact as FactOf<'rule'>;
      const ownerOf = (route: FactOf<'route'>): Program | null => routeTold(facts, route, node).owner;
      return { ...ipRuleTold(facts, rule, scope, ownerOf), behind: [], text: ipRuleText(rule) };
    }
    case 'ipvs-service':
      return ipvsTold(facts, fact as FactOf<'ipvs-service'>, node);
    case 'ipset': {
      const { name, type } = fact as FactOf<'ipset'>;
      return { ...byName(programOfSet(name), `a set ${name}`), behind: [], text: `${name} ${type}` };
    }
    case 'link': {
      const { name, type } = fact as FactOf<'link'>;
      const pod = podOfDevice(facts, node, name);
      const veth: Program | null = pod.length > 0 ? 'the CNI plugin' : null;
      return {
        ...byName(programOfDevice(name) ?? veth, `a device ${name}`),
        behind: pod,
        text: `${name}${type == null ? '' : ` (${type})`}`,
      };
    }
    case 'address': {
      const { address, dev, length } = fact as FactOf<'address'>;
      return {
        ...byName(programOfDevice(dev), `addresses of ${dev}`),
        behind: behindAddress(facts, address),
        text: `${address}/${length} on ${dev}`,
      };
    }
    case 'neighbour': {
      const { address, dev, mac } = fact as FactOf<'neighbour'>;
      const behind = [...behindAddress(facts, address), ...leaseOfMac(facts, mac)];
      return { ...onTunnel(dev), behind, text: `${address} is at ${mac ?? 'no address'} on ${dev}` };
    }
    case 'fdb': {
      const { mac, dst, dev } = fact as FactOf<'fdb'>;
      const behind = [...leaseOfMac(facts, mac), ...(dst == null ? [] : behindAddress(facts, dst))];
      return { ...onTunnel(dev), behind, text: `${mac} on ${dev}${dst == null ? '' : ` behind ${dst}`}` };
    }
    case 'lease': {
      const { subnet, publicIp } = fact as FactOf<'lease'>;
      return {
        owner: 'flanneld',
        because: 'it is a lease of flannel',
        behind: publicIp == null ? [] : behindAddress(facts, publicIp),
        text: subnet,
      };
    }
    default:
      return { owner: null, because: 'it is no rule, chain, set or route: nobody owns it', behind: [], text: originText(fact.origin) };
  }
}

const byName = (program: Program | null, what: string): Pick<Owned, 'owner' | 'because'> =>
  program === null
    ? { owner: null, because: `no program is known to make ${what}` }
    : { owner: program, because: `${program} makes ${what}` };

/** Entries on a tunnel are written by whoever runs it; on other devices the kernel learns them. */
function onTunnel(dev: string): Pick<Owned, 'owner' | 'because'> {
  const program = programOfDevice(dev);
  return program !== null && /^(flannel|vxlan\.calico)/.test(dev)
    ? { owner: program, because: `${program} fills ${dev}` }
    : { owner: 'the kernel', because: 'it learns whom it talks to' };
}

function leaseOfMac(facts: Facts, mac: string | null | undefined): readonly Behind[] {
  const leases = facts.seen('lease', CLUSTER);
  const own = leases.is === 'gap' || mac == null ? [] : leases.value.filter(({ vtepMac }) => vtepMac === mac);
  return own.map(({ subnet, origin }): Behind => ({ kind: 'flannel lease', name: subnet, because: `${mac} is its VtepMAC`, origin }));
}

function routeTold(facts: Facts, { to, type, hops, protocol, table }: FactOf<'route'>, node: string): Told {
  const [hop] = hops;
  const dev = hop?.dev ?? null;
  const via = hop?.via ?? null;
  const text = `${type === 'unicast' ? '' : `${type} `}${to}${via === null ? '' : ` via ${via}`}${dev === null ? '' : ` dev ${dev}`} (table ${table})`;
  const behind = [...behindPrefix(facts, to), ...(dev === null ? [] : podOfDevice(facts, node, dev))];
  const lease = behind.find(({ kind }) => kind === 'flannel lease');
  const daemon = protocol === undefined ? null : programOfProtocol(protocol);
  if (daemon !== null) return { owner: daemon, because: `its protocol is ${protocol}`, behind, text };
  if (protocol === 'kernel') return { owner: 'the kernel', because: `${dev ?? 'a device'} has an address of it`, behind, text };
  const program = dev === null ? null : programOfDevice(dev);
  if (program !== null) return { owner: program, because: `it leads into ${dev}`, behind, text };
  // host-gw: flanneld's routes lead to the other node itself
  if (lease !== undefined && via !== null)
    return { owner: 'flanneld', because: `it leads the leased subnet ${to} to ${via}`, behind, text };
  return {
    owner: null,
    because: 'neither its protocol nor its device is that of a program that is known: a person or the network configuration put it there',
    behind,
    text,
  };
}
