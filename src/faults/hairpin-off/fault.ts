import { endedBy } from '#engine/ended';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import type { Link } from '#facts/link/link';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import { isUnasked } from './unasked.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

const isOff = ({ port }: Link): boolean => port?.hairpin === false;

function ruling(node: string, view: View, links: readonly Link[]): Ruling<Found> {
  const off = links.filter(isOff);
  const deadly = off.filter((link) => wentBack(view, node, link).length > 0);
  const [first] = deadly;
  if (first === undefined) return absent(off.length > 0 ? off.slice(0, 5) : links.filter(({ port }) => port?.hairpin === true).slice(0, 5));
  const others = off.filter((link) => link.master === first.master && !deadly.includes(link));
  const [ending] = wentBack(view, node, first);
  return found(
    {
      node,
      bridge: first.master ?? '',
      deadly: deadly.map(({ name }) => name),
      ports: [...deadly, ...others].map(({ name }) => name),
      address: ending?.walk.received.destination ?? '',
    },
    deadly,
  );
}

/** The failing ways that died at a port because they would have to leave by the port they came in by. */
const wentBack = (view: View, node: string, link: Link): readonly Ending[] =>
  endedBy(view, node, link).filter(
    ({ walk }) =>
      walk.at.netns === '' &&
      walk.at.device === link.name &&
      walk.disposition === 'dropped' &&
      walk.packet.source === walk.received.destination,
  );

/** A bridge port that does not send a pod's frame back to the pod, which picked itself behind a Service. */
export default defineFault<Node, Found>({
  id: 'hairpin-off',
  is: {
    en: 'a pod does not reach itself through its own Service: hairpin mode is off',
    zh: '未开启 hairpin，Pod 通过自己的 Service 访问不到自己',
  },
  area: 'service',
  severity: 'error',
  needs: ['link'],
  lookAlikes: ['service-endpoint-dead', 'bridge-nf-call-off', 'pod-veth-down', 'pod-bridge-mtu'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const links = view.seen('link', onNode(node));
    if (links.is === 'gap') return unknown(links.gap);
    const told = ruling(node, view, links.value);
    const untold = links.value.find(({ port }) => port != null && port.hairpin === undefined);
    if (told.is === 'absent' && untold !== undefined) return unknown(notTold(node, untold.name));
    if (told.is === 'absent' && isUnasked(view, node, links.value.filter(isOff))) return unknown();
    return told.is === 'absent' && told.evidence.length === 0 ? absent(links.origins) : told;
  },
  texts: text,
  fix: (_, params) => fix(params),
});

const notTold = (node: string, port: string) =>
  ({
    of: 'link',
    scope: onNode(node),
    why: 'not told',
    detail: `whether ${port} of ${node} is in hairpin mode was not read`,
    capture: 'bridge -d link show',
  }) as const;
