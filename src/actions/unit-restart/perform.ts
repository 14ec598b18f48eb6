import { definePerformer } from '#actions/performer';
import type { World } from '#world/world';
import type { UnitRestart } from './preview.ts';

const LIMIT_MS = 90_000;

async function systemctl(world: World, ...words: readonly string[]): Promise<{ readonly code: number | null; readonly says: string }> {
  const { code, stdout, stderr } = await world.run(['systemctl', ...words], { timeoutMs: LIMIT_MS });
  return { code, says: `${stdout.toString('utf8')}${stderr}`.trim() };
}

export default definePerformer<UnitRestart>({
  id: 'unit-restart',
  prepare: async ({ params: { unit } }, world) => ({ active: (await systemctl(world, 'is-active', unit)).says }),
  perform: async ({ params: { unit } }, world) => {
    await systemctl(world, 'daemon-reload'); // a drop-in that an earlier step wrote must count
    const { code, says } = await systemctl(world, 'restart', unit);
    if (code !== 0) throw new Error(`systemctl restart ${unit}: ${says}`);
    const { says: state } = await systemctl(world, 'is-active', unit);
    if (state !== 'active') throw new Error(`${unit} is ${state} after its restart`);
  },
  // a restart cannot be taken back; a unit that did not run is stopped again
  undo: async ({ params: { unit } }, { active }, world) => {
    if (active !== 'active') await systemctl(world, 'stop', unit);
  },
});
