import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';
import { flannelDevice } from './device.ts';
import { flanneldProcess, flanneldRuns, flanneldUnit } from './daemon.ts';
import { homeOf, leasesOf } from './home.ts';
import { adds, isAsLeased, programmed, removes } from './programs.ts';

type Lease = FactOf<'lease'>;

const BY = 'flanneld';

const listed = (facts: Facts): readonly Lease[] => {
  const leases = leasesOf(facts);
  return leases.is === 'seen' ? leases.value : [];
};

/** The name of the VXLAN device of a node, where it has one. */
export const deviceOf = (facts: Facts, node: string): string | undefined => {
  const device = flannelDevice(facts, node);
  return device.is === 'seen' ? device.value?.name : undefined;
};

/** The nodes whose flanneld hears of a change in etcd: all with a VXLAN device but those where it is known not to run. */
const followers = (facts: Facts): readonly string[] =>
  facts.nodes().filter((node) => deviceOf(facts, node) !== undefined && flanneldRuns(facts, node) !== false);

/**
 * What every running flanneld does when the leases become others: peers follow, an owner only
 * notes what its own lease says. A key that was written counts although its value stayed.
 */
export function followLeases(before: Facts, after: Facts, written?: string): Facts {
  const [old, now] = [listed(before), listed(after)];
  const gone = old.filter((lease) => !now.some(({ subnet }) => subnet === lease.subnet));
  const same = (lease: Lease): boolean =>
    old.some((one) => one.subnet === lease.subnet && one.value === lease.value && sameAttributes(one, lease));
  const fresh = now.filter((lease) => (lease.store.in === 'etcd' && lease.store.key === written) || !same(lease));
  const removed = gone.reduce((facts, lease) => revoke(facts, lease, before), after);
  return fresh.reduce((facts, lease) => {
    const was = old.find(({ subnet }) => subnet === lease.subnet);
    return announce(facts, lease, (node) => was !== undefined && isBehind(before, node, was));
  }, removed);
}

/** Whether a node holds another value of a lease than it has: its flanneld did not hear of the last change, though it may run, and will not hear of the next one. */
const isBehind = (facts: Facts, node: string, lease: Lease): boolean =>
  isAsLeased(lease, programmed(facts, node, lease, deviceOf(facts, node) ?? '')) === false;

const sameAttributes = (one: Lease, other: Lease): boolean =>
  one.publicIp === other.publicIp && one.vtepMac === other.vtepMac && one.vni === other.vni;

/** A put lease: each peer that hears of it sets the neighbour, the FDB entry and the route; the FDB entry of the old MAC stays. */
function announce(facts: Facts, lease: Lease, isDeaf: (node: string) => boolean): Facts {
  const home = homeOf(facts, lease)?.node;
  return followers(facts)
    .filter((node) => node !== home && !isDeaf(node))
    .reduce((now, node) => edit(now, adds(now, node, lease, deviceOf(now, node) ?? ''), BY), facts);
}

/** A deleted lease: peers take the entries of its last value away; the owner's flanneld ends itself and is not started again. */
function revoke(facts: Facts, lease: Lease, before: Facts): Facts {
  const home = homeOf(before, lease)?.node;
  const peers = followers(facts)
    .filter((node) => node !== home)
    .reduce((now, node) => edit(now, removes(now, node, lease, deviceOf(now, node) ?? ''), BY), facts);
  return home === undefined ? peers : stopFlanneld(peers, home);
}

/** flanneld on a node has ended. */
export function stopFlanneld(facts: Facts, node: string): Facts {
  const [running, unit] = [flanneldProcess(facts, node), flanneldUnit(facts, node)];
  const scope = onNode(node);
  return edit(
    facts,
    [
      ...(running === undefined
        ? []
        : [{ op: 'delete' as const, kind: 'process' as const, scope, key: `${running.name} ${running.argv.join(' ')}` }]),
      ...(unit === undefined
        ? []
        : [{ op: 'put' as const, kind: 'unit' as const, scope, fact: { ...unit, active: 'inactive', activeSinceMs: null } }]),
    ],
    BY,
  );
}
