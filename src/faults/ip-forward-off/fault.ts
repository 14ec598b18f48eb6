import { openGaps } from '#engine/ended';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import { atBoot } from '#facts/sysctl-file/boot';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Setting = FactOf<'sysctl'>;

const MAIN = 'net.ipv4.ip_forward';
const SWITCH = /^net\.ipv4\.(ip_forward|conf\.(.+)\.forwarding)$/;

/** The device in the name of a switch, with its own dots; nothing for the main one. */
const deviceOf = (name: string): string | null => SWITCH.exec(name)?.[2]?.replaceAll('/', '.') ?? null;

/** The switches that failing flows on this node ended by. */
function deadly(node: string, view: View, settings: readonly Setting[]): readonly Setting[] {
  const names = new Set(
    view
      .endings(node)
      .flatMap(({ walk }) => (walk.at.netns === '' ? walk.reason.by.filter(({ kind }) => kind === 'sysctl').map(({ key }) => key) : [])),
  );
  return settings.filter(({ name, value }) => value === '0' && SWITCH.test(name) && names.has(name));
}

function ruling(node: string, view: View, settings: readonly Setting[]): Ruling<Found> {
  const main = settings.find(({ name }) => name === MAIN);
  const [first] = deadly(node, view, settings);
  const off = main?.value === '0';
  const files = view.seen('sysctl-file', onNode(node));
  const kept = files.is === 'seen' && atBoot(files.value, MAIN)?.value === '1';
  if (first !== undefined) {
    const setting = off ? MAIN : first.name;
    const evidence = main === undefined || !off || main === first ? [first] : [main, first];
    return found({ node, setting, device: deviceOf(first.name), kept }, evidence);
  }
  const gaps = openGaps(view, node);
  const nobodyForwards = off && settings.every(({ name, value }) => deviceOf(name) === null || value === '0');
  if (nobodyForwards && main !== undefined && (gaps.length > 0 || view.checks.length === 0)) {
    return found({ node, setting: MAIN, device: null, kept }, [main]);
  }
  return main === undefined ? unknown(notTold(node)) : absent([main]);
}

const notTold = (node: string) =>
  ({ of: 'sysctl', scope: onNode(node), why: 'not told', detail: `${MAIN} of ${node} was not read`, capture: `sysctl ${MAIN}` }) as const;

/** A node that does not forward what comes in by a device that pod traffic uses. */
export default defineFault<Node, Found>({
  id: 'ip-forward-off',
  is: {
    en: 'a node does not forward what comes in by a device of pod traffic',
    zh: '节点没有开启转发',
  },
  area: 'node',
  severity: 'error',
  needs: ['sysctl', 'sysctl-file'],
  lookAlikes: ['forward-policy-drop', 'rp-filter-strict', 'host-firewall-rule', 'vxlan-vtep-mac-stale'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const settings = view.seen('sysctl', onNode(node));
    return settings.is === 'gap' ? unknown(settings.gap) : ruling(node, view, settings.value);
  },
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
