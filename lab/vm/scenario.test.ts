import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadScenario } from '../scenarios.ts';
import { readDiagnosis } from '../story/verdict.ts';
import type { Scenario } from '../vocabulary.ts';
import { buildGuest } from './guest.ts';
import { GuestNode } from './guest-node.ts';
import { kernels } from './kernels.ts';
import { commandsOf } from './commands-of.ts';

/** Faults of what this machine's kernel may lack. */
const PLAYED = ['affinity-pinned-dead-pod'];
const LIMIT_MS = 900_000;

/** Broken, named first and proved, mended by the commands that are printed, and healed; judged by real packets. */
async function playBroken(node: GuestNode, { fault, play }: Scenario): Promise<void> {
  const { first = [], break: lines, heal, probes, expect } = play(node.cluster);
  await node.run([...first, ...lines]);
  for (const probe of probes) assert.equal(await node.probe(probe), probe.broken);
  const said = await node.diagnose();
  const [found, ...others] = readDiagnosis(said).findings;
  assert.deepEqual([found?.fault, found?.subject, found?.status], [fault, expect.subject, 'proved']);
  assert.deepEqual(others, []);
  await node.run(commandsOf(said).map((run) => ({ at: { node: node.cluster.victim.name }, run })));
  for (const probe of probes) assert.equal(await node.probe(probe), 'answers');
  assert.deepEqual(readDiagnosis(await node.diagnose()).findings, []);
  await node.run(heal);
}

async function playTwins(node: GuestNode, { twins }: Scenario): Promise<void> {
  for (const { name, play } of twins) {
    const { make, unmake, probes = [] } = play(node.cluster);
    await node.run(make);
    for (const probe of probes) assert.equal(await node.probe(probe), 'answers', name);
    assert.deepEqual(readDiagnosis(await node.diagnose()).findings, [], name);
    await node.run(unmake);
  }
}

for (const fault of PLAYED) {
  test(`${fault} is found, proved and mended in a guest, and its twins are not`, { timeout: LIMIT_MS }, async (context) => {
    const [kernel] = kernels;
    if (kernel === undefined) throw new Error('no kernel is listed');
    const guest = await buildGuest(kernel);
    if (guest.is === 'missing') return context.skip(`${kernel.name}: ${guest.reason}`);
    const scenario = await loadScenario(fault);
    const node = await GuestNode.start(guest);
    try {
      await playTwins(node, scenario);
      await playBroken(node, scenario);
    } finally {
      node.close();
    }
  });
}
