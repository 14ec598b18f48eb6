import type { Action } from '#change/change';
import type { Scope } from '#snapshot/scope';
import type { World } from '#world/world';
import { definePerformer, type Undo } from '../performer.ts';
import { runIn, tryIn } from '../run-in.ts';
import type { SysctlParams } from './preview.ts';

const SETTING = /^([\w./@:-]+)\s*=\s?(.*)$/;

async function read(on: Scope, name: string, world: World): Promise<string> {
  return (await runIn(on, ['sysctl', '-n', name], world)).trim().replaceAll(/\s+/g, ' ');
}

async function write(on: Scope, name: string, value: string, world: World): Promise<void> {
  await runIn(on, ['sysctl', '-w', `${name}=${value}`], world);
  const now = await read(on, name, world);
  if (now !== value.trim().replaceAll(/\s+/g, ' ')) throw new Error(`${name} is ${now} after it was set to ${value}`);
}

/** Everything that the kernel may change together with the setting, as it is now. */
async function family(on: Scope, name: string, world: World): Promise<Readonly<Record<string, string>>> {
  if (!/^net\.ipv4\.(ip_forward|conf\.all\.forwarding)$/.test(name)) return {};
  const listed = (await tryIn(on, ['sysctl', '-a', '-r', '^net\\.ipv4\\.conf\\..*(forwarding|accept_redirects)$'], world)) ?? '';
  const found: Record<string, string> = {};
  for (const line of listed.split('\n')) {
    const [, key = '', value = ''] = SETTING.exec(line.trim()) ?? [];
    if (/\.forwarding$|\.all\.accept_redirects$/.test(key)) found[key] = value;
  }
  return found;
}

async function contentOf(path: string, world: World): Promise<string | null> {
  return (await world.files.exists(path)) ? (await world.files.read(path)).toString('utf8') : null;
}

async function keep({ name, value, path }: SysctlParams, world: World): Promise<void> {
  if (path === null) return;
  if (!/^\/etc\/sysctl\.d\/[\w.-]+\.conf$/.test(path)) throw new Error(`not a file that boot reads settings from: ${path}`);
  const lines = ((await contentOf(path, world)) ?? '').split('\n').filter((line) => line !== '' && SETTING.exec(line.trim())?.[1] !== name);
  await world.files.write(path, `${[...lines, `${name} = ${value}`].join('\n')}\n`, 0o644);
}

async function restore(path: string, content: unknown, world: World): Promise<void> {
  if (typeof content === 'string') await world.files.write(path, content, 0o644);
  else await world.files.remove(path);
}

export default definePerformer<SysctlParams>({
  id: 'sysctl',
  prepare: async ({ on, params }: Action<SysctlParams>, world): Promise<Undo> => ({
    value: params.now ? await read(on, params.name, world) : null,
    family: params.now ? await family(on, params.name, world) : {},
    content: params.path === null ? null : await contentOf(params.path, world),
  }),
  perform: async ({ on, params }, world) => {
    if (params.now) await write(on, params.name, params.value, world);
    await keep(params, world);
  },
  undo: async ({ on, params }, undo, world) => {
    if (params.now && typeof undo.value === 'string') await write(on, params.name, undo.value, world);
    for (const [name, value] of Object.entries(undo.family ?? {})) await write(on, name, String(value), world);
    if (params.path !== null) await restore(params.path, undo.content, world);
  },
});
