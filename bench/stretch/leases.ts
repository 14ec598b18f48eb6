import { type Archive, bytesOf } from '#collect/archive/archive';
import type { Entry } from '#snapshot/snapshot';
import type { NodeIdentity } from './identity.ts';
import { OLD_MAC, type Plan } from './plan.ts';
import { nodePairs, renaming } from './renaming.ts';

type Pair = { readonly key: string; readonly value: string; readonly lease?: string };

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
const encoded = (text: string): string => Buffer.from(text).toString('base64');

const dashed = ({ subnet }: NodeIdentity): string => subnet.slice(0, -1);
const leaseId = (at: number): string => `75878990000000${String(at).padStart(5, '0')}`;

/** etcd's own answer, with a lease for each node; the last one still holds the MAC of a machine that is gone. */
export function leases(text: string, { others, all }: Plan): string {
  const answer: { readonly kvs: readonly Pair[] } = JSON.parse(text); // our own recording
  const [peer] = others;
  const template = answer.kvs.find(({ value }) => peer !== undefined && decoded(value).includes(peer.vtepMac));
  if (peer === undefined || template === undefined) throw new Error('the recorded node read no lease');
  const own = all.map((node, at): Pair => {
    const held = at === all.length - 1 ? { ...node, vtepMac: OLD_MAC } : node;
    const key = decoded(template.key).replace(dashed(peer), dashed(node));
    return { ...template, key: encoded(key), value: encoded(renaming(nodePairs(peer, held))(decoded(template.value))), lease: leaseId(at) };
  });
  const rest = answer.kvs.filter(({ key }) => !decoded(key).includes('/subnets/'));
  return JSON.stringify({ ...answer, kvs: [...rest, ...own], count: String(rest.length + own.length) });
}

/** How long each lease lives yet: one answer for each, as each node asks for all of them. */
export function leaseTimes(archive: Archive, { others, all }: Plan): readonly { readonly entry: Entry; readonly text: string }[] {
  const [peer] = others;
  const key = (answer: { readonly keys?: readonly string[] }): string => decoded(answer.keys?.[0] ?? '');
  for (const entry of archive.index.entries.filter(({ file }) => /\/etcd~\d+$/.test(file))) {
    const answer: { readonly ID: string; readonly keys?: readonly string[] } = JSON.parse(bytesOf(archive, entry).toString('utf8')); // our own recording
    if (peer === undefined || !key(answer).includes(`${dashed(peer)}.`)) continue;
    return all.map((node, at) => ({
      entry: {
        ...entry,
        file: entry.file.replace(/~\d+$/, `~${at + 2}`),
        argv: entry.argv.map((word) => word.replace(answer.ID, leaseId(at))),
      },
      text: JSON.stringify({ ...answer, ID: leaseId(at), keys: [encoded(key(answer).replace(dashed(peer), dashed(node)))] }),
    }));
  }
  return [];
}
