import { copyFileSync } from 'node:fs';
import { basename } from 'node:path';
import { NODE_FOLDER } from '../capturing.ts';
import { drawCluster } from '../draw/cluster.ts';
import { enterLab, isInside } from '../inside.ts';
import { runLines, settle } from '../play/lines.ts';
import { differences, steadyFacts } from '../gauntlet/steady-facts.ts';
import { captureAll, cliPath, leadline } from '../product.ts';
import { loadScenario } from '../scenarios.ts';
import { STAND_IN_BIN } from '../stand-ins/folder.ts';
import { judgeHealthy, readDiagnosis } from '../story/verdict.ts';
import { onNode } from '../vocabulary.ts';
import { buildWorld } from '../world/build.ts';
import { iptablesBackends } from '../world/tools.ts';
import type { World } from '../world/world.ts';

/** Its plan has three steps: an etcd key, a file, a unit's restart, which is where it is killed. */
const FAULT = 'pod-bridge-outside-lease';
const VARIANT = 0;

const HOLD = '/run/hold';
/** A systemctl whose restart never ends, and notes who waits. */
const WAITING = `#!/bin/sh
[ "$1" != restart ] || { echo $$ >${HOLD}/waits; exec sleep 200; }
exec ${STAND_IN_BIN}/systemctl "$@"`;
const PAUSE = 'for try in $(seq 1200); do [ ! -s /run/hold/waits ] || exit 0; sleep 0.1; done; exit 1';

const LIMIT_MS = 150_000;

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');

/** An archive where the victim sees it. */
function into({ cluster: { victim }, holders }: World, archive: string): string {
  const inside = `${NODE_FOLDER}/judged-${basename(archive)}`;
  copyFileSync(archive, `/proc/${holders.nodes.get(victim.name)}/root${inside}`);
  return inside;
}

/** The plan is applied on the victim, and its process killed while the restart waits; what then stands in the journal. */
async function killMidway(world: World, archives: readonly string[]): Promise<readonly string[]> {
  const { victim } = world.cluster;
  const fix = quoted([process.execPath, '--no-warnings', cliPath(), 'fix', ...archives, '--fault', FAULT, '--apply', '--yes']);
  await runLines(world, [onNode(victim, `rm -f ${HOLD}/waits`)]);
  const held = world.run(onNode(victim, `echo $$ >${HOLD}/pid; PATH=${HOLD}:$PATH exec ${fix}`), LIMIT_MS);
  const ended = await Promise.race([held, world.run(onNode(victim, PAUSE), LIMIT_MS).then(() => undefined)]);
  if (ended !== undefined) throw new Error(`leadline fix did not come to the restart: ${ended.stderr}`);
  await runLines(world, [onNode(victim, `kill -KILL $(cat ${HOLD}/pid); kill -KILL $(cat ${HOLD}/waits)`)]);
  const { code } = await held;
  const { stdout } = await world.run(onNode(victim, 'cat /var/lib/leadline/journal.json'));
  const journal: { readonly steps: readonly { readonly action: { readonly do: string }; readonly state: string }[] } = JSON.parse(stdout); // written by the product a moment ago
  return [`ended with ${code}`, ...journal.steps.map(({ action, state }) => `${action.do} ${state}`)];
}

/** Kills a plan twice, goes back once and on once; prints what the product said, and what was there before and after. */
async function tell(): Promise<number> {
  const scenario = await loadScenario(FAULT);
  const world = await buildWorld(drawCluster('killed', { ...scenario.needs, maxNodes: 3, backends: iptablesBackends() }));
  try {
    const { victim } = world.cluster;
    const play = scenario.variants?.[VARIANT]?.play(world.cluster);
    if (play === undefined) throw new Error(`${FAULT} has no variant ${VARIANT}`);
    await runLines(world, play.break);
    await settle(world, scenario.needs?.settle);
    await runLines(world, [
      onNode(victim, `mkdir -p ${HOLD}; cat >${HOLD}/systemctl <<'END'\n${WAITING}\nEND\nchmod +x ${HOLD}/systemctl`),
    ]);
    const capture = (moment: string) => captureAll(world, `/run/lab/${moment}`, ['--looks', '1']);
    const before = await capture('before');
    const archives = before.map((path) => into(world, path));
    const product = (...words: readonly string[]) =>
      world.exec({ node: victim.name }, process.execPath, ['--no-warnings', cliPath(), 'fix', ...words], LIMIT_MS);

    const killed = await killMidway(world, archives);
    const again = await product(...archives, '--fault', FAULT, '--apply', '--yes');
    const undone = await product('--undo');
    await settle(world, scenario.needs?.settle);
    const changed = differences(await steadyFacts(before), await steadyFacts(await capture('undone')));

    const killedAgain = await killMidway(world, archives);
    const resumed = await product('--resume');
    await settle(world, scenario.needs?.settle);
    const { stdout } = await leadline(['diagnose', ...(await capture('mended')), '-o', 'json']);
    const left = judgeHealthy(readDiagnosis(stdout));
    process.stdout.write(`${JSON.stringify({ killed, again, undone, changed, killedAgain, resumed, left })}\n`);
    return 0;
  } finally {
    await world.close();
  }
}

process.exit(isInside() ? await tell() : await enterLab(import.meta.url, []));
