import { defineFault } from '#engine/fault';
import { isWell, podSubjects } from '#engine/pods';
import { absent, found, type Ruling } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { Ip } from '#net/ip';
import { missing, type Seen, seen } from '#snapshot/seen';
import { fix } from './fix.ts';
import { holders, neighboursFor } from './holders.ts';
import text, { type Found } from './text.ts';

type AddressSubject = Extract<Subject, { kind: 'address' }>;

/** The addresses that pods hold: the doubled ones, or each where the cluster is small enough for that evidence to be of use. */
function subjects(facts: Facts): Seen<readonly AddressSubject[]> {
  const pods = podSubjects(facts).value;
  const gaps = pods.map(({ node, netns }) => facts.seen('address', { node, netns })).filter((one) => one.is === 'gap');
  const held = [...holders(facts)];
  const listed = held.length <= LISTED_IN_FULL ? held : held.filter(([, among]) => among.length > 1);
  const [gap] = gaps;
  if (gap !== undefined && listed.length === 0) return missing(gap.gap);
  return seen(
    listed.map(([address]) => ({ kind: 'address', address })),
    [],
    gap === undefined,
  );
}

const LISTED_IN_FULL = 64;

function ruling(address: Ip, view: View): Ruling<Found> {
  const among = holders(view.facts).get(address) ?? [];
  const addresses = among.map((holder) => holder.address);
  if (among.length < 2 || among.every((holder) => isWell(view, holder))) return absent(addresses);
  const intruders = among.filter(({ isIntruder }) => isIntruder);
  const intruder = intruders.length < among.length ? (intruders[0]?.text ?? null) : null;
  const entries = neighboursFor(view.facts, address, among).map(({ entry }) => entry);
  return found({ address, holders: among.map((holder) => holder.text), intruder }, [...addresses, ...entries]);
}

/** Two live pods with one address. */
export default defineFault<AddressSubject, Found>({
  id: 'pod-address-duplicate',
  is: {
    en: 'two live pods have one address',
    zh: '两个存活的 Pod 持有相同的地址',
  },
  area: 'pod',
  severity: 'error',
  needs: ['address', 'link', 'namespace', 'neighbour'],
  lookAlikes: ['pod-veth-down', 'pod-not-on-bridge', 'pod-default-route-missing', 'pod-firewall-rule'],
  subjects: ({ facts }) => subjects(facts),
  judge: ({ address }, view) => ruling(address, view),
  texts: text,
  fix: ({ address }, _, { facts }) => fix(facts, holders(facts).get(address) ?? []),
});
