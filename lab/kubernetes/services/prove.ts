import { mkdtempSync } from 'node:fs';
import { Model, type ModelAnswer, NODE } from '../../conform/stage/model.ts';
import { Stage } from '../../conform/stage/raise.ts';
import { type Seen, Wire } from '../../conform/stage/wire.ts';
import { buildWire } from '../../conform/wire/build.ts';
import { diceOf } from '../../draw/dice.ts';
import { type ControlPlane, startControlPlane } from '../control-plane.ts';
import { cableToApi, type NodeProxy, startProxies } from '../nodes.ts';
import { lookUpKubernetes } from '../program.ts';
import { API_ADDRESS, SERVICE_RANGES, type Site, siteOf } from '../site.ts';
import { agrees, type Fate, modelFates, numberOf, realFate } from './compare.ts';
import { type Aimed, drawPackets } from './packets.ts';
import { programServices, registerNodes } from './program.ts';

/** How much is drawn. */
export type Shape = {
  readonly services: number;
  readonly packets: number;
  /** Which iptables the nodes have; else drawn. */
  readonly backend?: 'legacy' | 'nft';
};

/** How many packets are on their way at once: what they leave behind must not run over the taps. */
const AT_ONCE = 100;
const QUIET_MS = 250;

/** A control plane, both nodes with their kube-proxies, and the drawn Services on them; `use` may do what it likes there. */
export async function withServices<T>(
  seed: string,
  shape: Shape,
  use: (all: {
    readonly site: Site;
    readonly stage: Stage;
    readonly proxies: readonly NodeProxy[];
    readonly packets: readonly Aimed[];
    readonly plane: ControlPlane;
  }) => Promise<T>,
): Promise<T> {
  const kubernetes = lookUpKubernetes();
  if (kubernetes.is === 'missing') throw new Error(kubernetes.reason);
  const [dice, site, stage] = [diceOf(seed), siteOf(), new Stage('')];
  const plane = await startPlane(kubernetes.path, stage, site);
  try {
    await registerNodes(plane.api, site.nodes);
    const services = await programServices(plane.api, dice, shape.services, site);
    const proxies = await startProxies(dice, kubernetes.path, plane, stage, site, shape.backend);
    try {
      return await use({ site, stage, proxies, plane, packets: drawPackets(dice, services, site, shape.packets) });
    } finally {
      await Promise.all(proxies.map(({ daemon }) => daemon.stop()));
    }
  } finally {
    await plane.stop();
  }
}

async function startPlane(program: string, stage: Stage, site: Site): Promise<ControlPlane> {
  await stage.raise(site.layout);
  await cableToApi(stage, site);
  return startControlPlane({ program, folder: '/run/kubernetes', address: API_ADDRESS, serviceRanges: SERVICE_RANGES });
}

/** Loads the rules of the real kube-proxy and compares the model with packets that were really sent; the answer is how often it was wrong. */
export async function proveServices(seed: string, shape: Shape, print: (line: string) => void): Promise<number> {
  print(`seed ${seed}: ${shape.services} Services, ${shape.packets} packets`);
  return withServices(seed, shape, async ({ site, stage, proxies, packets }) => {
    for (const { node, mode, backend } of proxies)
      print(`${node}: kube-proxy in ${mode} mode${mode === 'iptables' ? ` (${backend})` : ''}`);
    const wire = await openWire(stage, site);
    try {
      // what listens is captured, so it listens first
      const answers = await askModel(packets);
      const seen = await sendAll(wire, packets, stage);
      return judge(packets, answers, seen, site, print);
    } finally {
      wire.close();
    }
  });
}

async function askModel(packets: readonly Aimed[]): Promise<readonly ModelAnswer[]> {
  const model = new Model();
  try {
    const folder = mkdtempSync('/run/kubernetes/capture-');
    await model.capture(folder);
    await model.open(folder);
    return await model.ask(
      packets.map(({ packet }, at) => ({ id: at + 1, from: `${NODE}/${packet.from}`, packet: { ...packet, flags: packet.flags ?? '' } })),
    );
  } finally {
    model.close();
  }
}

async function openWire(stage: Stage, { layout }: Site): Promise<Wire> {
  const built = await buildWire();
  if (built.is === 'missing') throw new Error(built.reason);
  const wire = new Wire(built.path);
  await wire.open([{ stage, layout }]);
  return wire;
}

async function sendAll(wire: Wire, packets: readonly Aimed[], stage: Stage): Promise<ReadonlyMap<number, readonly Seen[]>> {
  const all: Seen[] = [];
  for (let from = 0; from < packets.length; from += AT_ONCE) {
    const part = packets.slice(from, from + AT_ONCE).map(({ packet }, at) => ({ id: from + at + 1, packet, stage }));
    const { seen } = await wire.send(part, QUIET_MS);
    for (const one of seen) all.push(one);
  }
  return Map.groupBy(all, ({ header }) => numberOf(header));
}

function judge(
  packets: readonly Aimed[],
  answers: readonly ModelAnswer[],
  seen: ReadonlyMap<number, readonly Seen[]>,
  site: Site,
  print: (line: string) => void,
): number {
  const own = new Map(
    site.layout.namespaces.map(({ name, devices }) => [
      name,
      new Set(devices.flatMap(({ addresses }) => addresses.map((one) => one.replace(/\/.*/, '')))),
    ]),
  );
  const owned = (namespace: string, address: string): boolean => own.get(namespace)?.has(address) === true || address.startsWith('127.');
  const unknown = new Map<string, number>();
  let [wrong, answered] = [0, 0];
  for (const [at, aimed] of packets.entries()) {
    const real = realFate(aimed.packet, seen.get(at + 1) ?? [], owned);
    const fates = modelFates(aimed, answers[at] ?? { error: 'no answer' });
    if (real.answer !== null) answered += 1;
    if ('unknown' in fates) unknown.set(fates.unknown, (unknown.get(fates.unknown) ?? 0) + 1);
    else if (!agrees(real, fates)) {
      wrong += 1;
      print(complaint(at + 1, aimed, real, fates));
    }
  }
  for (const [why, times] of [...unknown].sort(([, one], [, other]) => other - one).slice(0, 12)) print(`unknown ${times} ×: ${why}`);
  print(countsText(packets.map(({ aim }) => aim.replace(/ of s\d+$/, ''))));
  const open = [...unknown.values()].reduce((sum, times) => sum + times, 0);
  print(
    `${packets.length} packets, ${answered} answered, ${open} unknown (${((100 * open) / packets.length).toFixed(1)} %), ${wrong} wrong`,
  );
  return wrong;
}

/** How many packets were aimed at what. */
const countsText = (aims: readonly string[]): string =>
  [...Map.groupBy(aims, (aim) => aim)].map(([aim, all]) => `${aim} ${all.length}`).join(', ');

const fateText = ({ taken, answer }: Fate): string => `${taken ?? 'nobody takes it'}; ${answer ?? 'silence'}`;

const complaint = (id: number, { packet, aim }: Aimed, real: Fate, fates: readonly Fate[]): string =>
  [
    `wrong ${id}: ${aim}: ${packet.from} ${packet.source}:${packet.sport} → ${packet.destination}:${packet.dport}/${packet.protocol}`,
    `   kernel: ${fateText(real)}`,
    ...fates.map((one) => `   model:  ${fateText(one)} (${one.says})`),
  ].join('\n');
