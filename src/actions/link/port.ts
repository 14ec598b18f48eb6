import type { Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { fdb, type Fdb } from '#facts/fdb/fdb';
import type { Link } from '#facts/link/link';
import type { PlacedLink } from '#facts/link/peer';
import type { LinkParams } from './change.ts';

/** A fresh port of a bridge (net/bridge/br_if.c, new_nbp): learning and flooding on, the rest off. */
const freshPort = (link: Link): Link['port'] => ({
  state: link.up === true && link.carrier !== false ? 'forwarding' : 'disabled',
  hairpin: false,
  isolated: false,
  learning: true,
  flood: true,
  multicastFlood: true,
  broadcastFlood: true,
  neighbourSuppress: false,
  proxyArp: false,
  locked: false,
  vlanTunnel: false,
  multicastToUnicast: false,
  groupForwardMask: 0,
});

/** The port's own address, which the bridge takes for itself. */
const ownEntry = (link: Link, master: string): Omit<Fdb, 'origin'> | undefined =>
  link.mac === undefined || link.mac === null
    ? undefined
    : {
        dev: link.name,
        mac: link.mac,
        dst: null,
        vlan: null,
        vni: null,
        port: null,
        via: null,
        master,
        self: false,
        state: 'permanent',
        local: true,
      };

function enslaved(facts: Facts, { scope, link }: PlacedLink, master: string | null): readonly Edit[] {
  const entries = facts.seen('fdb', scope);
  const old =
    entries.is === 'seen' ? entries.value.filter((one) => one.dev === link.name && one.master !== null && one.master !== undefined) : [];
  const own = master === null ? undefined : ownEntry(link, master);
  return [
    { op: 'put', kind: 'link', scope, fact: { ...link, master, port: master === null ? null : freshPort(link) } },
    ...old.map((one): Edit => ({ op: 'delete', kind: 'fdb', scope, key: fdb.key(one) })),
    ...(own === undefined ? [] : [{ op: 'put', kind: 'fdb', scope, fact: own } as const]),
  ];
}

/** What changes with the bridge that a device is a port of, or with how the bridge treats that port. */
export function portEdits(facts: Facts, at: PlacedLink, params: Extract<LinkParams, { set: 'master' | 'hairpin' }>): readonly Edit[] {
  if (params.set === 'master') return enslaved(facts, at, params.value);
  const { scope, link } = at;
  const port = link.port === undefined || link.port === null ? link.port : { ...link.port, hairpin: params.value };
  return [{ op: 'put', kind: 'link', scope, fact: { ...link, port } }];
}
