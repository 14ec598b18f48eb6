import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { everyNode } from '#engine/every-node';
import { serviceOf } from '#dataplane/served-endpoints';
import type { FactOf } from '#facts/kinds';
import { atBoot } from '#facts/sysctl-file/boot';
import type { Gap } from '#snapshot/gap';
import { onNode } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';
import { keptChecks } from './asks.ts';
import { deathOf } from './death.ts';
import { fix } from './fix.ts';
import { type Pin, pinsOf } from './pins.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

const SETTING = 'net.ipv4.vs.expire_quiescent_template';
/** kube-proxy's device: a sign of IPVS where its virtual servers were not read. */
const DEVICE = 'kube-ipvs0';

/** Nodes that balance by IPVS. */
function balancing({ facts, seen: read }: View): Seen<readonly Node[]> {
  const nodes = everyNode(facts);
  if (nodes.is === 'gap') return nodes;
  const has = (node: string): boolean => {
    const [services, links] = [read('ipvs-service', onNode(node)), read('link', onNode(node))];
    return services.is === 'seen' ? services.value.length > 0 : links.is === 'seen' && links.value.some(({ name }) => name === DEVICE);
  };
  return seen(
    nodes.value.filter(({ node }) => has(node)),
    nodes.origins,
  );
}

function ruling(node: string, view: View): Ruling<Found> {
  const services = view.seen('ipvs-service', onNode(node));
  if (services.is === 'gap') return unknown(services.gap);
  const quiet = services.value.filter(
    ({ persistentSeconds, servers }) => persistentSeconds !== null && servers.some(({ weight }) => weight === 0),
  );
  const [first] = quiet;
  if (first === undefined) return absent(services.origins);
  const entries = view.seen('ipvs-connection', onNode(node));
  if (entries.is === 'gap') return unknown(entries.gap);
  const pins = pinsOf(quiet, entries.value);
  if (pins.length === 0) return absent([first]);
  const settings = view.seen('sysctl', onNode(node));
  if (settings.is === 'gap') return unknown(settings.gap);
  const setting = settings.value.find(({ name }) => name === SETTING);
  if (setting === undefined) return unknown(notTold(node));
  return setting.value === '0' ? ofPins(node, pins, setting, view) : absent([setting]);
}

/** Clients are led to where nothing new should go; whether that harms them depends on who is there. */
function ofPins(node: string, pins: readonly Pin[], setting: FactOf<'sysctl'>, view: View): Ruling<Found> {
  const judged = pins.map((pin) => ({ pin, death: deathOf(pin.server, pin.service, node, view) }));
  const dead = judged.flatMap(({ pin, death }) => (death.is === 'dead' ? [{ pin, by: death.by }] : []));
  const [first] = dead;
  if (first === undefined) {
    const gaps = judged.flatMap(({ death }): readonly Gap[] => (death.is === 'unknown' ? [death.gap] : []));
    return gaps.length > 0 ? unknown(...gaps) : absent(judged.flatMap(({ death }) => (death.is === 'alive' ? death.by : [])).slice(0, 3));
  }
  const files = view.seen('sysctl-file', onNode(node));
  const all = <T>(of: (pin: Pin) => T): readonly T[] => [...new Set(dead.map(({ pin }) => of(pin)))];
  return found(
    {
      node,
      services: all(({ service }) => serviceOf(view.facts, service)),
      servers: all(({ server }) => `${server.address}:${server.port}`),
      clients: all(({ entry }) => entry.client),
      seconds: first.pin.service.persistentSeconds ?? null,
      kept: files.is === 'seen' && atBoot(files.value, SETTING)?.value === '1',
    },
    [setting, first.pin.service, ...dead.slice(0, 3).map(({ pin }) => pin.entry), ...first.by],
  );
}

const notTold = (node: string) =>
  ({
    of: 'sysctl',
    scope: onNode(node),
    why: 'not told',
    detail: `${SETTING} of ${node} was not read`,
    capture: `sysctl ${SETTING}`,
  }) as const;

/** IPVS that leads a kept client back to a server which takes nothing new, and is dead by now. */
export default defineFault<Node, Found>({
  id: 'affinity-pinned-dead-pod',
  is: {
    en: 'IPVS keeps leading a client to a server that is dead by now',
    zh: 'IPVS 会话保持把客户端固定到已失效的后端',
  },
  area: 'service',
  severity: 'error',
  needs: ['ipvs-service', 'ipvs-connection', 'sysctl', 'sysctl-file', 'neighbour'],
  lookAlikes: ['service-endpoint-dead', 'connection-half-open', 'endpoint-slice-stale', 'kube-proxy-stuck'],
  subjects: balancing,
  judge: ({ node }, view) => ruling(node, view),
  texts: text,
  asks: (_, params, view) => keptChecks(params, view),
  fix: (_, params, view) => fix(params, view),
});
