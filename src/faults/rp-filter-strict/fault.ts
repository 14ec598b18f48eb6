import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Setting = FactOf<'sysctl'>;

const MODE = /^net\.ipv4\.conf\.(.+)\.rp_filter$/;

/** Failing ways that the reverse-path check of the node ended. */
const filtered = (view: View, node: string): readonly Ending[] =>
  view.endings(node).filter(({ walk }) => walk.at.netns === '' && walk.reason.code === 'IP_RPFILTER');

/** The mode that decided: the larger of the two that the walk cites. */
function deciding({ walk }: Ending, settings: readonly Setting[]): Setting | undefined {
  const cited = new Set(walk.reason.by.filter(({ kind }) => kind === 'sysctl').map(({ key }) => key));
  return settings
    .filter(({ name }) => cited.has(name) && MODE.test(name))
    .toSorted((one, other) => Number(other.value) - Number(one.value))[0];
}

/** The modes that are not off, as evidence of what harms nobody here. */
const modes = (settings: readonly Setting[]): readonly Setting[] => settings.filter(({ name, value }) => MODE.test(name) && value !== '0');

function ruling(node: string, view: View, settings: readonly Setting[], readings: readonly Origin[]): Ruling<Found> {
  for (const ending of filtered(view, node)) {
    const setting = deciding(ending, settings);
    const device = ending.walk.at.device;
    if (setting === undefined || setting.value !== '1' || device === null) continue;
    const routes = ending.walk.reason.by.filter(({ kind }) => kind === 'route').map(({ origin }) => origin);
    return found({ node, device, source: ending.walk.received.source, setting: setting.name }, [setting, ...routes]);
  }
  const strict = modes(settings);
  return absent(strict.length > 0 ? strict : readings);
}

/** Strict reverse-path filtering on a way that is not symmetric. */
export default defineFault<Node, Found>({
  id: 'rp-filter-strict',
  is: {
    en: 'strict reverse-path filtering drops packets on a way that is not symmetric',
    zh: '往返路径不对称时被严格反向路径过滤丢弃',
  },
  area: 'node',
  severity: 'error',
  needs: ['sysctl', 'route', 'rule', 'address'],
  lookAlikes: ['ip-forward-off', 'forward-policy-drop', 'host-firewall-rule', 'route-wrong-next-hop', 'vxlan-vtep-mac-stale'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const settings = view.seen('sysctl', onNode(node));
    return settings.is === 'gap' ? unknown(settings.gap) : ruling(node, view, settings.value, settings.origins);
  },
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
