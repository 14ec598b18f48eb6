import type { NodeIdentity } from './identity.ts';
import { OLD_MAC, type Plan } from './plan.ts';
import { nodePairs, renaming } from './renaming.ts';

type Life = { readonly ID: string; readonly keys?: readonly string[] };
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

/** How long each lease lives yet: a line for each, for all of them are asked for at once. */
export function leaseTimes(text: string, { others, all }: Plan): string {
  const [peer] = others;
  const keyOf = ({ keys }: Life): string => decoded(keys?.[0] ?? '');
  const lives = text
    .trim()
    .split('\n')
    .map((line): Life => JSON.parse(line)); // our own recording
  const template = lives.find((life) => peer !== undefined && keyOf(life).includes(`${dashed(peer)}.`));
  if (peer === undefined || template === undefined) throw new Error('the recorded node asked for no lease');
  const own = all.map((node, at) => ({
    ...template,
    ID: leaseId(at),
    keys: [encoded(keyOf(template).replace(dashed(peer), dashed(node)))],
  }));
  return own.map((life) => `${JSON.stringify(life)}\n`).join('');
}
