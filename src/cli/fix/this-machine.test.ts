import assert from 'node:assert/strict';
import test from 'node:test';
import { recordedCaptures, type SmallWorld, smallWorld, type Wanted } from '#testing/small-world';
import { main } from '../main.ts';
import type { Journal } from './journal.ts';

const JOURNAL = 'run/journal.json';
const D_MAC = 'd2:38:c9:3c:20:d7';

/** A machine with an identity of its own, on which the plan of the recorded story is to be performed. */
async function applied(
  args: readonly string[],
  wanted: Wanted,
): Promise<{
  readonly status: number;
  readonly world: SmallWorld;
  readonly reached: readonly string[];
  readonly noted: readonly string[];
}> {
  const small = smallWorld(wanted);
  const noted: string[] = [];
  const write: SmallWorld['files']['write'] = async (path, bytes, mode) => {
    if (path === JOURNAL) noted.push(String(bytes));
    return small.files.write(path, bytes, mode);
  };
  const world = { ...small, files: { ...small.files, write } };
  const paths = await recordedCaptures(world, 'broken');
  const status = await main(['fix', ...paths, '--apply', '--yes', '--journal', JOURNAL, ...args], world);
  const reached = world.ran.map((argv) => argv.join(' ')).filter((line) => line !== 'ip -o link show');
  return { status, world, reached, noted };
}

/** Nothing was run but the look at the machine's own devices, and nothing was written. */
function untouched({ status, world, reached }: Awaited<ReturnType<typeof applied>>, why: RegExp): void {
  assert.deepEqual(reached, []);
  assert.equal(world.content.has(JOURNAL), false);
  assert.match(world.noted(), why);
  assert.notEqual(status, 0);
}

const OTHER_ID = '0123456789abcdef0123456789abcdef';

test('another machine does nothing and asks nobody, whatever it is called or says that it is', async () => {
  const laptop = { hostname: 'laptop', id: OTHER_ID, macs: ['52:54:00:00:00:01'] };
  untouched(await applied([], laptop), /nothing of this plan is done on laptop; run it on D/);
  untouched(await applied(['--node', 'D'], laptop), /nothing was done: this machine is not the D of the captures \(its machine-id is 0123/);
  untouched(await applied([], { ...laptop, hostname: 'D' }), /is not the D of the captures \(its machine-id is 0123/);
  untouched(await applied(['--node', 'D', '--local'], laptop), /is not the D of the captures/);
});

test('a machine with a copied machine-id is told by its devices', async () => {
  const clone = { hostname: 'D', macs: ['52:54:00:00:00:01'] };
  untouched(await applied([], clone), /is not the D of the captures \(none of its devices has a MAC that D had\)/);
});

test('where nothing tells who a machine is, its name must do', async () => {
  untouched(
    await applied(['--node', 'D'], { hostname: 'laptop' }),
    /it is called laptop, and neither a machine-id nor a device tells that it is D/,
  );
  const named = await applied([], { hostname: 'D' });
  assert.ok(
    named.reached.some((line) => line.startsWith('curl')),
    named.world.noted(),
  );
});

test('the node itself goes on, by one MAC that it had, though it is called otherwise; its journal tells which machine it is', async () => {
  const { reached, world, noted } = await applied(['--node', 'D'], { hostname: 'ip-192-168-1-13', macs: ['52:54:00:00:00:01', D_MAC] });
  assert.ok(
    reached.some((line) => line.startsWith('curl')),
    world.noted(),
  );
  const { machine }: Pick<Journal, 'machine'> = JSON.parse(noted[0] ?? '');
  assert.deepEqual(machine, { id: null, macs: ['52:54:00:00:00:01', D_MAC], hostname: 'ip-192-168-1-13' });
});
