import { definePerformer } from '#actions/performer';
import type { World } from '#world/world';
import type { UnitRestart } from './preview.ts';

const LIMIT_MS = 90_000;

async function systemctl(world: World, ...words: readonly string[]): Promise<{ readonly code: number | null; readonly says: string }> {
  const { code, stdout, stderr } = await world.run(['systemctl', ...words], { timeoutMs: LIMIT_MS });
  return { code, says: `${stdout.toString('utf8')}${stderr}`.trim() };
}

/** Whether a unit runs, and since when: a later start is another one. */
async function stateOf(unit: string, world: World): Promise<{ readonly active: string; readonly since: string }> {
  const { says: active } = await systemctl(world, 'is-active', unit);
  const { says } = await systemctl(world, 'show', '-p', 'ActiveEnterTimestampMonotonic', unit);
  return { active, since: says.split('=')[1] ?? '' };
}

async function fine(world: World, verb: 'start' | 'restart', unit: string): Promise<void> {
  const { code, says } = await systemctl(world, verb, unit);
  if (code !== 0) throw new Error(`systemctl ${verb} ${unit}: ${says}`);
}

export default definePerformer<UnitRestart>({
  id: 'unit-restart',
  isLast: true,
  prepare: ({ params: { unit } }, world) => stateOf(unit, world),
  perform: async ({ params: { unit } }, world) => {
    await systemctl(world, 'daemon-reload'); // a drop-in that an earlier step wrote must count
    await fine(world, 'restart', unit);
    const { active } = await stateOf(unit, world);
    if (active !== 'active') throw new Error(`${unit} is ${active} after its restart`);
  },
  // The restart itself cannot be taken back. A unit that did not run is stopped again; one that an earlier step ended is started, and
  // one that has read what is now taken back reads it again.
  undo: async ({ params: { unit } }, before, world, others = false) => {
    if (before.active !== 'active') return void (await systemctl(world, 'stop', unit));
    const now = await stateOf(unit, world);
    if (now.active === 'active' && (!others || now.since === before.since)) return;
    await systemctl(world, 'daemon-reload');
    await fine(world, now.active === 'active' ? 'restart' : 'start', unit);
  },
});
