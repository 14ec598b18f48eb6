import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import { atBoot } from '#facts/sysctl-file/boot';
import { familyOf } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Setting = FactOf<'sysctl'>;

const SETTINGS = { 4: 'net.bridge.bridge-nf-call-iptables', 6: 'net.bridge.bridge-nf-call-ip6tables' } as const;

/** Answers that reach their client on the node, whose socket may not take them, with the endpoint's own address: nobody put the Service's back. */
const untranslated = (view: View, node: string): readonly Ending[] =>
  view
    .endings(node)
    .filter(
      ({ way, walk, outcome }) =>
        way === 'back' &&
        (walk.disposition === 'delivered' || walk.disposition === 'no listener') &&
        walk.received.source !== outcome.packet.destination &&
        walk.received.source === outcome.received.destination,
    );

/** The bridge that switched the answer. */
const bridgeOf = ({ walk }: Ending, node: string): string | undefined =>
  walk.hops
    .filter(({ at }) => at.node === node && at.netns === '')
    .flatMap(({ steps }) => steps)
    .flatMap(({ element, by }) => (element === 'bridge' ? by : []))
    .flatMap(({ kind, key }) => (kind === 'fdb' ? key.split(' ') : []))
    .at(-1);

function ruling(node: string, view: View, settings: readonly Setting[]): Ruling<Found> {
  const off = Object.values(SETTINGS).flatMap((name) => settings.filter((one) => one.name === name));
  for (const ending of untranslated(view, node)) {
    const name = SETTINGS[familyOf(ending.outcome.packet.destination)];
    const setting = off.find((one) => one.name === name && one.value === '0');
    if (setting === undefined) continue;
    const files = view.seen('sysctl-file', onNode(node));
    const kept = files.is === 'seen' && atBoot(files.value, name)?.value === '1';
    const { packet, received } = ending.outcome;
    const asked = packet.destinationPort === 0 ? packet.destination : `${packet.destination}:${packet.destinationPort}`;
    const words = { asked, answered: received.destination, client: packet.source, bridge: bridgeOf(ending, node) ?? 'bridge' };
    return found({ node, setting: name, kept, ...words }, [setting]);
  }
  return absent(off);
}

/** Bridged answers of a Service's endpoint that iptables never translates back. */
export default defineFault<Node, Found>({
  id: 'bridge-nf-call-off',
  is: {
    en: "bridged answers of a Service's endpoint are never translated back",
    zh: '网桥流量不经过 iptables，Service 后端的应答未被还原',
  },
  area: 'service',
  severity: 'error',
  needs: ['sysctl', 'sysctl-file'],
  lookAlikes: ['hairpin-off', 'service-endpoint-dead', 'ip-forward-off', 'pod-firewall-rule'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const settings = view.seen('sysctl', onNode(node));
    if (settings.is === 'gap') return unknown(settings.gap);
    const told = ruling(node, view, settings.value);
    if (told.is !== 'absent' || told.evidence.length > 0) return told;
    return settings.complete ? absent(settings.origins) : unknown(notRead(node));
  },
  texts: text,
  fix: (_, params, view) => fix(params, view),
});

const notRead = (node: string) =>
  ({
    of: 'sysctl',
    scope: onNode(node),
    why: 'not collected',
    detail: `${SETTINGS[4]} of ${node} was not read`,
    capture: `sysctl ${SETTINGS[4]}`,
  }) as const;
