import type { Answered, Check } from '#engine/check';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import { atBoot } from '#facts/sysctl-file/boot';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

const NAME = 'net.ipv4.ip_forward';

/** dockerd sets it unless told not to, the CNI's bridge plugin with the first pod of a node. */
function setterOf(facts: Facts, node: string): string | null {
  const processes = facts.seen('process', onNode(node));
  const docker = processes.is === 'seen' ? processes.value.find(({ name }) => name === 'dockerd') : undefined;
  return docker === undefined || docker.argv.includes('--ip-forward=false') ? null : 'Docker';
}

function ruling(node: string, view: View): Ruling<Found> {
  const settings = view.seen('sysctl', onNode(node));
  if (settings.is === 'gap') return unknown(settings.gap);
  const now = settings.value.find(({ name }) => name === NAME);
  if (now === undefined) return unknown({ of: 'sysctl', scope: onNode(node), why: 'not told', detail: `${NAME} of ${node} was not read` });
  if (now.value !== '1') return absent([now]);
  const files = view.seen('sysctl-file', onNode(node));
  if (files.is === 'gap') return unknown(files.gap);
  const boot = atBoot(files.value, NAME);
  if (boot?.value === '1') return absent([now, boot]);
  if (boot === null && !files.complete) {
    const detail = `not all files that boot reads settings from were read on ${node}`;
    return unknown({ of: 'sysctl-file', scope: onNode(node), why: 'not collected', detail });
  }
  const params = {
    node,
    file: boot === null ? null : `${boot.path}:${boot.line}`,
    value: boot?.value ?? null,
    setBy: setterOf(view.facts, node),
  };
  return found(params, boot === null ? [now, ...files.origins] : [now, boot]);
}

/** What no flow can ask: whether the node would forward after its next boot. */
const afterBoot = (node: string): Check => ({
  id: `boot ${node} ${NAME}`,
  kind: 'boot',
  from: 'invariant',
  says: { en: `${node} forwards packets after its next boot`, zh: `节点 ${node} 下次开机后仍会转发报文` },
  ask: ({ facts }): Answered => {
    const files = facts.seen('sysctl-file', onNode(node));
    const value = files.is === 'seen' ? (atBoot(files.value, NAME)?.value ?? '0') : undefined;
    const result = value === undefined ? 'unknown' : value === '1' ? 'pass' : 'fail';
    return {
      result,
      probability: null,
      outcomes: [],
      gaps: files.is === 'gap' ? [files.gap] : [],
      says: `boot sets ${NAME} to ${value ?? 'something not read'}`,
    };
  },
});

/** A node that forwards now, and would not after a reboot. */
export default defineFault<Node, Found>({
  id: 'ip-forward-not-persistent',
  is: {
    en: 'a node forwards now, and would not after a reboot',
    zh: '节点的 IP 转发只到下次重启为止',
  },
  area: 'node',
  severity: 'warning',
  needs: ['sysctl', 'sysctl-file', 'process'],
  lookAlikes: ['ip-forward-off'],
  latent: true,
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => ruling(node, view),
  texts: text,
  asks: ({ node }) => [afterBoot(node)],
  fix: (_, params, view) => fix(params, view),
});
