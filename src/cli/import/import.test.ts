import assert from 'node:assert/strict';
import test from 'node:test';
import { smallWorld } from '#testing/small-world';
import { main } from '../main.ts';

// Hand-made after iproute2 6.1.
const ROUTES = 'default via 192.0.2.1 dev eth0 \n10.100.41.0/24 dev cni0 proto kernel scope link src 10.100.41.1 \n';

/** What is said of each file of a folder that is brought in. */
async function said(files: Readonly<Record<string, string>>): Promise<string> {
  const world = smallWorld();
  for (const [name, text] of Object.entries(files)) world.content.set(`seen/${name}`, Buffer.from(text));
  assert.equal(await main(['import', 'seen', '--out', 'seen.tar', '--node', 'A'], world), 0, world.noted());
  return world.printed();
}

test("a whole capture of Leadline's own script is kept, and who brings it in is told what reads it", async () => {
  const printed = await said({ 'routes.txt': ROUTES, 'B.txt': 'leadline-capture 1\nentry 0 0\n', 'notes.txt': 'call me\n' });
  assert.match(printed, /B\.txt: a whole capture of Leadline's own script: kept, not read; give it as it is to leadline diagnose/);
  assert.match(printed, /notes\.txt: not recognised: kept, not read/);
  assert.match(printed, /routes\.txt: .*route/);
  assert.match(printed, /wrote seen\.tar: 3 readings/);
});

test('how many lines were not understood is told, and what is empty', async () => {
  assert.match(await said({ 'routes.txt': `${ROUTES}10.100.54.300/24 dev cni0\n` }), /routes\.txt: .*; 1 line not understood/);
  assert.match(await said({ 'routes.txt': ROUTES, 'empty.txt': '\n' }), /empty\.txt: empty/);
});
