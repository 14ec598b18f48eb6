import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { placeText } from '../play/lines.ts';
import { probeText } from '../play/sightings.ts';
import { whyNoTrace } from '../tracer/can-trace.ts';
import type { Cluster, Expectation, Place } from '../vocabulary.ts';
import { measureIn } from '../world/measure.ts';
import { locate, netnsPath } from '../world/place.ts';
import type { World } from '../world/world.ts';
import { losses, product, watched } from './asking.ts';
import type { Lost } from './losses.ts';

/** An echo port of every pod, asked when a probe names none. */
const PORT = 8080;

/** How long the kernel may take to throw away what the product says is lost, and how long is waited between two looks, in milliseconds. */
const PATIENCE = { late: 15_000, again: 500 };

/** Where a packet died, and why: the kernel's own names. */
type End = { readonly place: string; readonly device: string; readonly reason: string; readonly tunnelled?: boolean };

const endText = ({ place, device, reason }: End): string => `${place} at ${device}: ${reason}`;

/** Whether the kernel lost the first probe that fails where the product, asked of the captures alone, says that it dies. */
export async function judgeEnd(world: World, probes: readonly Expectation[], archives: readonly string[]): Promise<readonly string[]> {
  // one that is sent several times is a matter of luck, and of who starts outside of all captures nobody can ask the product
  const probe = probes.find(({ broken, times, from }) => broken !== 'answers' && times === undefined && !isOutside(from));
  if (probe === undefined || whyNoTrace() !== undefined) return [];
  const [look, told] = await Promise.all([sent(world, probe), toldEnd(world.cluster, probe, archives)]);
  if (told === undefined) return [];
  // refused before there was a packet, or taken by the wrong one: nothing is lost
  const isNothing = told.device === '' || told.reason === 'DELIVERED';
  // what a tunnel sends still carries the tunnel's device while the host's own output rules judge it
  const sameDevice = ({ device, tunnelled }: End): boolean => device === told.device || tunnelled === true;
  const isTold = (one: End): boolean => one.place === told.place && one.reason === told.reason && sameDevice(one);
  const isBeyond = (one: End): boolean => isUnderlay(one.place);
  const lost = isNothing ? await look() : await untilLost(look, (one) => isTold(one) || isBeyond(one));
  if (lost.some(isBeyond)) return []; // beyond what was captured
  if (lost.length === 0) return isNothing ? [] : [`${probeText(probe)}: the kernel lost nothing of it; the product says ${endText(told)}`];
  return lost.some(isTold)
    ? []
    : [`${probeText(probe)}: the kernel lost it ${lost.map(endText).join(', ')}; the product says ${endText(told)}`];
}

const isOutside = (place: Place): boolean => place === 'switch' || place === 'etcd';
const isUnderlay = (place: string): boolean => place === 'switch' || place === 'etcd';

/**
 * What was lost, asked until what is waited for is among it: a kernel that has much else to do throws away late, as what waits for a
 * neighbour, whose timers wait too.
 */
export async function untilLost<T>(
  look: () => Promise<readonly T[]>,
  isAwaited: (one: T) => boolean,
  { late, again } = PATIENCE,
): Promise<readonly T[]> {
  for (const end = performance.now() + late; ; await sleep(again)) {
    const lost = await look();
    if (lost.some(isAwaited) || performance.now() > end) return lost;
  }
}

/** Sends the probe once more, alone; what then asks the kernel what it threw away of it and of its answer. */
async function sent(world: World, probe: Expectation): Promise<() => Promise<readonly End[]>> {
  await watched();
  const since = process.hrtime.bigint().toString();
  const places = placesOf(world).map(([name, path]) => [name, statSync(path).ino] as const);
  await measureIn(world, [{ ...probe, times: 1 }]);
  const { protocol, to } = probe;
  const of = [
    { protocol, to },
    { protocol, from: to },
    { protocol: 'arp' as const, to },
  ];
  return async () => (await losses({ of, since, places })).flatMap(endOf);
}

const endOf = ({ place, device, reason, inner }: Lost): readonly End[] =>
  place === undefined ? [] : [{ place, device, reason, tunnelled: inner !== undefined }];

function placesOf({ cluster, holders }: World): readonly (readonly [string, string])[] {
  const path = (place: Place): string => netnsPath(locate(place, cluster, holders));
  const nodes = cluster.nodes.flatMap((node) => [
    [node.name, path({ node: node.name })] as const,
    ...node.pods.map((pod) => [`${node.name}/${pod.netns}`, path({ pod: pod.name })] as const),
  ]);
  return [...nodes, ['switch', path('switch')], ['etcd', path('etcd')]];
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Where the product says that the probe ends, from the captures alone; nothing where it cannot tell. */
async function toldEnd(cluster: Cluster, probe: Expectation, archives: readonly string[]): Promise<End | undefined> {
  const port = probe.protocol === 'icmp' ? '' : `:${probe.port ?? PORT}`;
  const args = ['trace', ...archives, '--from', startOf(cluster, probe), '--to', `${probe.to}${port}/${probe.protocol}`];
  const more = [
    ...(probe.sport === undefined ? [] : ['--sport', String(probe.sport)]),
    ...(probe.size === undefined ? [] : ['--size', String(probe.size)]),
    ...(probe.df === true ? ['--df'] : []),
  ];
  const { stdout, stderr } = await product([...args, ...more, '-o', 'json']);
  if (stdout === '') throw new Error(`leadline trace: ${stderr.trim().slice(-400)}`);
  const outcomes = field(JSON.parse(stdout), 'outcomes');
  const first: unknown = Array.isArray(outcomes) ? outcomes.find((one) => field(one, 'works') !== 'yes') : undefined;
  if (first === undefined) return { place: placeText(probe.from), device: '', reason: 'nothing, it works' };
  if (field(first, 'works') !== 'no') return undefined;
  const arrived = ['delivered', 'no listener'].includes(word(field(first, 'disposition')));
  const reply = field(first, 'reply');
  const walk = arrived && typeof reply === 'object' && reply !== null ? reply : first;
  const at = field(walk, 'at');
  const [node, namespace] = [word(field(at, 'node')), word(field(at, 'namespace'))];
  return {
    place: namespace === '' ? node : `${node}/${namespace}`,
    device: word(field(at, 'device')),
    reason: word(field(field(walk, 'reason'), 'code')),
  };
}

function startOf({ nodes }: Cluster, { from }: Expectation): string {
  if (typeof from === 'string') return from;
  if ('node' in from) return from.node;
  const home = nodes.find(({ pods }) => pods.some(({ name }) => name === from.pod));
  return `${home?.name ?? ''}/${home?.pods.find(({ name }) => name === from.pod)?.netns ?? ''}`;
}
