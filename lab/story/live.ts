import { placeText, runLines, settle, tryLines } from '../play/lines.ts';
import { isBroken, probeText, sightingText } from '../play/sightings.ts';
import { byCommand } from '../capturing.ts';
import { captureAll, mendOn } from '../product.ts';
import { productOn } from '../resident-product.ts';
import type { Play, Scenario } from '../vocabulary.ts';
import { measureIn } from '../world/measure.ts';
import type { World } from '../world/world.ts';
import { matrixOf, matrixProbes } from './matrix.ts';
import type { Measured, Phase, Stage, Subject } from './stage.ts';

/** Where captures of a live story are kept while it lasts. */
const FOLDER = '/run/lab/captures';

/** Looks half a second apart: the story does not wait for slow counters. */
const CAPTURE_OPTIONS = ['--looks', '2', '--every', '0.5'];

function subjectOf({ cluster, upMs }: World, scenario: Scenario, play: Play): Subject {
  const { victim, nodes } = cluster;
  const machines = nodes.map(({ name, address, subnet }) => `${name} ${address} pods ${subnet}`);
  const shape = `${victim.uplink}, ${victim.vtep.device} (VNI ${victim.vtep.vni}, port ${victim.vtep.port}), ${victim.bridge}, iptables ${cluster.iptables}`;
  return {
    fault: scenario.fault,
    title: scenario.title.en,
    expected: play.expect.subject,
    ...(play.expect.unproved === undefined ? {} : { unproved: play.expect.unproved }),
    ...(play.expect.unmendable === undefined ? {} : { unmendable: play.expect.unmendable }),
    besides: play.besides ?? [],
    cluster: [`${nodes.length} nodes up in ${(upMs / 1000).toFixed(1)} s: ${shape}`, ...machines],
    broken: play.break.map(({ at, run }) => `${placeText(at)}$ ${run}`),
  };
}

async function measurePhase(world: World, play: Play, phase: Phase): Promise<Measured> {
  const grid = matrixProbes(world.cluster);
  const seen = await measureIn(world, [...grid, ...play.probes]);
  const probes = play.probes.flatMap((probe, at) => {
    const sighting = seen[grid.length + at];
    if (sighting === undefined) return [];
    const right = phase === 'broken' ? isBroken(probe, sighting) : sighting.observed === 'answers';
    return [{ text: probeText(probe), saw: sightingText(sighting), right }];
  });
  return { matrix: matrixOf(world.cluster, seen.slice(0, grid.length)), probes };
}

/** A story in a world that is up. */
export function liveStage(world: World, scenario: Scenario, play: Play): Stage {
  const on = productOn(world);
  return {
    subject: subjectOf(world, scenario, play),
    measure: (phase) => measurePhase(world, play, phase),
    capture: (phase) => captureAll(world, `${FOLDER}/${phase}`, CAPTURE_OPTIONS, phase === 'healthy' ? [] : play.dead, byCommand(on)),
    judged: () => {},
    break: async () => {
      await runLines(world, [...(play.first ?? []), ...play.break]);
      await settle(world, scenario.needs?.settle);
    },
    mend: async (finding, archives) => {
      const done = await mendOn(world, finding, archives, false, on);
      return done.map(({ node, text }) => `${node}$ leadline fix *.tar.gz --fault ${finding.fault} --apply --yes\n${text}`);
    },
    heal: async () => {
      await tryLines(world, play.heal);
      await settle(world);
      return play.heal.map(({ at, run }) => `${placeText(at)}$ ${run}`);
    },
    close: () => world.close(),
  };
}
