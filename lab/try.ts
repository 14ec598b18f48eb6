import { drawCluster, STORY_SEED } from './draw/cluster.ts';
import { readArguments } from './arguments.ts';
import { enterLab, isInside } from './inside.ts';
import { runLines, settle, tryLines } from './play/lines.ts';
import { complaints, isBroken, probeText, sightingText } from './play/sightings.ts';
import { captureAll, hasProduct } from './product.ts';
import { loadScenario } from './scenarios.ts';
import type { Expectation, Play, Scenario } from './vocabulary.ts';
import { buildWorld } from './world/build.ts';
import { measureIn } from './world/measure.ts';
import { COMPONENTS_VARIABLE } from './world/components.ts';
import { iptablesBackends } from './world/tools.ts';
import type { World } from './world/world.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
let wrong = 0;

/** Measures the probes of a play, prints them, and counts what is not as it must be. */
async function show(world: World, name: string, probes: readonly Expectation[], phase: 'healthy' | 'broken'): Promise<void> {
  print(`\n${name}`);
  const seen = await measureIn(world, probes);
  probes.forEach((probe, at) => {
    const sighting = seen[at];
    if (sighting === undefined) return;
    const right = phase === 'healthy' ? sighting.observed === 'answers' : isBroken(probe, sighting);
    print(`  ${right ? '✔' : '✘'} ${probeText(probe)}: ${sightingText(sighting)}`);
  });
  wrong += complaints(probes, seen, phase).length;
}

async function keep(world: World, folder: string | undefined, name: string, dead?: readonly string[]): Promise<void> {
  if (folder === undefined) return;
  if (!hasProduct()) return print('  (no captures: bin/leadline.js is not there)');
  const files = await captureAll(world, `${folder}/${name}`, [], dead);
  print(`  captured: ${files.join(' ')}`);
}

async function tryTwins(world: World, scenario: Scenario, probes: readonly Expectation[], captures?: string): Promise<void> {
  for (const [at, twin] of scenario.twins.entries()) {
    const { make, unmake, probes: own } = twin.play(world.cluster);
    await runLines(world, make);
    await settle(world);
    const asked = own === undefined ? probes : own.map((probe) => ({ ...probe, broken: 'fails' as const }));
    await show(world, `twin: ${twin.name}`, asked, 'healthy');
    await keep(world, captures, `twin-${at + 1}`);
    await tryLines(world, unmake);
    await settle(world);
  }
}

async function tryFault(world: World, scenario: Scenario, play: Play, captures?: string): Promise<void> {
  print(`\n  expects ${scenario.fault} on ${play.expect.subject}`);
  await runLines(world, play.first ?? []);
  await show(world, 'before', play.probes, 'healthy');
  await runLines(world, play.break);
  await settle(world, scenario.needs?.settle);
  await show(world, 'broken', play.probes, 'broken');
  await keep(world, captures, 'broken', play.dead);
  await tryLines(world, play.heal);
  await settle(world);
  await show(world, 'healed', play.probes, 'healthy');
  await keep(world, captures, 'healed');
}

async function main(args: readonly string[]): Promise<number> {
  const { words, value, flag } = readArguments(args, ['seed', 'keep-captures'], ['real']);
  if (flag('real')) process.env[COMPONENTS_VARIABLE] = 'real';
  const [fault] = words;
  if (fault === undefined) {
    print('usage: node lab/try.ts FAULT [--seed S] [--keep-captures DIR] [--real]');
    return 2;
  }
  const scenario = await loadScenario(fault);
  const seed = value('seed') ?? STORY_SEED;
  const cluster = drawCluster(seed, { ...scenario.needs, backends: iptablesBackends() });
  const world = await buildWorld(cluster);
  const { victim, peer, other } = cluster;
  print(
    `${fault}, seed ${seed}: ${cluster.nodes.length} nodes in ${world.upMs} ms, victim ${victim.name}, peer ${peer.name}, other ${other.name}`,
  );
  print(
    `  pods ${cluster.network}, underlay ${cluster.underlay.cidr}, ${victim.uplink}, ${victim.bridge}, ${victim.vtep.device}, iptables ${cluster.iptables}`,
  );
  const play = scenario.play(world.cluster);
  const captures = value('keep-captures');
  try {
    await tryFault(world, scenario, play, captures);
    for (const [at, variant] of (scenario.variants ?? []).entries()) {
      print(`\nvariant: ${variant.name}`);
      await tryFault(world, scenario, variant.play(world.cluster), captures === undefined ? undefined : `${captures}/variant-${at + 1}`);
    }
    await tryTwins(world, scenario, play.probes, captures);
  } finally {
    await world.close();
  }
  print(`\n${wrong === 0 ? 'all probes as they must be' : `${wrong} probes are not as they must be`}`);
  return wrong === 0 ? 0 : 1;
}

process.exit(isInside() ? await main(process.argv.slice(2)) : await enterLab(import.meta.url, process.argv.slice(2)));
