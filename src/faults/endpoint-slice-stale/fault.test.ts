import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { fullSync } from '#intent/kube-proxy/full-sync';
import { type Ip, ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { dualStack, six } from '#testing/built/dual-stack';
import { followedCluster } from '#testing/built/following';
import { inNftMode } from '#testing/built/nft-mode';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const built = cluster();
const healthy = followedCluster(built);
const GONE = ip`10.100.77.40`;

type Endpoint = FactOf<'endpoints'>['addresses'][number];

/** The slice of default/web changed by nobody's controller, and every kube-proxy following it. */
function sliced(facts: Facts, change: (all: readonly Endpoint[]) => readonly Endpoint[]): Facts {
  const slices = facts.partition('endpoints', CLUSTER);
  if (slices === undefined) throw new Error('no slices');
  const own = slices.facts.map((slice) => (slice.service === 'web' ? { ...slice, addresses: change(slice.addresses) } : slice));
  const written = facts.with({ ...slices, facts: own, looks: slices.looks.map((look) => ({ ...look, facts: own })) } as never);
  return written.nodes().reduce((now, node) => fullSync(now, node), written);
}

const more =
  (address: Ip, rest: Partial<Endpoint> = {}) =>
  (all: readonly Endpoint[]): readonly Endpoint[] => {
    const [first] = all;
    return first === undefined ? [] : [...all, { ...first, address, pod: 'web-gone', ...rest }];
  };

const service = 'service/default/web';
const stale = sliced(healthy, more(GONE));

cases(fault, {
  found: [
    { name: 'a pod that is gone is still listed', facts: stale, subject: service },
    {
      name: 'a pod has another address than its entry',
      facts: sliced(healthy, (all) => all.map((one, at) => (at === 2 ? { ...one, address: GONE } : one))),
      subject: service,
    },
    {
      name: 'a pod that is gone is still listed, in nftables mode',
      facts: sliced(followedCluster(inNftMode(built)), more(GONE)),
      subject: service,
    },
    {
      name: 'a pod has another address of IPv6 than its entry',
      facts: sliced(dualStack(built), (all) =>
        all.map((one, at) => (at === 2 && one.address.includes(':') ? { ...one, address: six(GONE) } : one)),
      ),
      subject: service,
    },
    { name: 'another pod has the address by now', facts: sliced(healthy, more(built.pod('D', 1).address)), subject: service },
  ],
  absent: [
    { name: 'the slice lists the pods', facts: healthy },
    { name: 'what is gone is not ready', facts: sliced(healthy, more(GONE, { ready: false, serving: false })) },
  ],
  unknown: [{ name: 'the pods were not listed', facts: stale.without('pod', CLUSTER) }],
});
