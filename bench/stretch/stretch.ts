import { type Archive, bytesOf } from '#collect/archive/archive';
import type { Entry } from '#snapshot/snapshot';
import { drawnIdentity, identityOf, MOST_NODES } from './identity.ts';
import { leases, leaseTimes } from './leases.ts';
import { OLD_MAC, type Plan } from './plan.ts';
import { namesNode, namesPod, nodePairs, podPairs, type Renaming, renaming } from './renaming.ts';

/** Readings that list peers and pods one by one; all others are the same however large the cluster is. */
const LISTS = /(?:link_show|addr_show|neigh_show_nud_all|fdb_show|route_show_table_all|\/namespaces|sysctl_-a)$/;
const LEASES = /\/etcd$/;
const TIMES = /\/etcd~\d+$/;
const RULES = /-save_-c_-t_\w+$/;

/**
 * A capture of a cluster of any size, text for text as a real capture of four nodes wrote it: the first node's outputs, with a
 * line for each peer and pod where the real one has one for each of its own. The last node's lease holds an old MAC.
 */
export function stretched(recorded: readonly Archive[], nodes: number, pods: number): readonly Archive[] {
  if (nodes > MOST_NODES) throw new Error(`at most ${MOST_NODES} nodes`);
  const [first, ...rest] = recorded;
  if (first === undefined) throw new Error('nothing was recorded');
  const like = identityOf(first);
  const others = rest.map(identityOf);
  const all = Array.from({ length: nodes }, (_, number) => drawnIdentity(like, number, pods));
  return all.map((own) => nodeArchive(first, { like, others, own, all }));
}

function nodeArchive(archive: Archive, plan: Plan): Archive {
  const { like, own } = plan;
  const content = new Map<string, Buffer>();
  const entries: Entry[] = [];
  const keep = (entry: Entry, netns: string, file: string, bytes: Buffer): void => {
    entries.push({ ...entry, scope: { node: own.name, netns }, file, parts: [{ file }] });
    content.set(file, bytes);
  };
  // the last pod of the recorded node is a DNS server, so all drawn pods may be one
  const template = like.pods.at(-1);
  if (template === undefined) throw new Error('the recorded node has no pods');
  const name = renaming([...nodePairs(like, own), ...fixedPairs(plan)]);
  const inPods = own.pods.map((pod) => ({ pod, rename: renaming([...podPairs(template, pod), ...nodePairs(like, own)]) }));
  for (const entry of archive.index.entries) {
    const bytes = bytesOf(archive, entry);
    const text = bytes.toString('utf8');
    if (entry.scope.netns !== '' && entry.scope.netns !== template.netns) continue;
    if (entry.scope.netns === '') keep(entry, '', name(entry.file), Buffer.from(nodeText(entry, text, plan, name)));
    else for (const { pod, rename } of inPods) keep(entry, pod.netns, rename(entry.file), changed(bytes, text, rename));
  }
  const clocks = archive.index.clocks.map((clock) => ({
    ...clock,
    node: own.name,
    bootId: `${clock.bootId?.slice(0, -4)}${own.subnet.split('.')[2]?.padStart(4, '0')}`,
  }));
  return { index: { ...archive.index, clocks, entries }, content };
}

/** What says nothing of the pod stays one and the same for all of them. */
function changed(bytes: Buffer, text: string, rename: Renaming): Buffer {
  const renamed = rename(text);
  return renamed === text ? bytes : Buffer.from(renamed);
}

/** Endpoints of Services on the other recorded nodes live on the nodes after this one's first. */
const fixedPairs = ({ others, all }: Plan) =>
  others.flatMap((other, at) => (all[at + 1] === undefined ? [] : nodePairs(other, all[at + 1] ?? other)));

function nodeText({ file }: Entry, text: string, plan: Plan, name: Renaming): string {
  if (LEASES.test(file)) return leases(text, plan);
  if (TIMES.test(file)) return leaseTimes(text, plan);
  if (RULES.test(file)) return rules(text, plan, name);
  if (!LISTS.test(file)) return name(text.replaceAll(new RegExp(`\\b${plan.like.name}\\b`, 'g'), plan.own.name));
  if (!text.startsWith('[')) return expanded(text.split('\n'), plan, name).join('\n');
  const rows: readonly unknown[] = JSON.parse(text); // our own recording
  return `[${expanded(
    rows.map((row) => JSON.stringify(row)),
    plan,
    name,
  ).join(',')}]`;
}

/** A list with the row of the first pod once for each pod, and that of the first peer once for each peer. */
function expanded(rows: readonly string[], { like, others, own, all }: Plan, name: Renaming): readonly string[] {
  const [pod, ...otherPods] = like.pods;
  const [peer, ...otherPeers] = others;
  const peers = all.filter((one) => one !== own).map((one) => (one === all.at(-1) ? { ...one, vtepMac: OLD_MAC } : one));
  return rows.flatMap((row): readonly string[] => {
    if (pod !== undefined && namesPod(row, pod)) return own.pods.map((one) => name(renaming(podPairs(pod, one))(row)));
    if (otherPods.some((one) => namesPod(row, one))) return [];
    if (peer !== undefined && namesNode(row, peer)) return peers.map((one) => renaming(nodePairs(peer, one))(row));
    return otherPeers.some((one) => namesNode(row, one)) ? [] : [name(row)];
  });
}

/** Services are the same on every node; flannel's rules are each node's own. */
function rules(text: string, { like, all, own, others }: Plan, name: Renaming): string {
  const shared = renaming([...nodePairs(like, all[0] ?? own), ...fixedPairs({ like, all, own, others })]);
  return text
    .split('\n')
    .map((line) => (/flannel/i.test(line) ? name(line) : shared(line)))
    .join('\n');
}
