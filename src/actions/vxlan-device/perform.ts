import type { Action } from '#change/change';
import type { World } from '#world/world';
import { definePerformer, type Undo } from '../performer.ts';
import { runIn, tryIn } from '../run-in.ts';
import { makeLines, type VxlanDevice } from './preview.ts';

const linesOf = async ({ on }: Action<VxlanDevice>, argv: readonly string[], world: World): Promise<readonly string[]> =>
  ((await tryIn(on, argv, world)) ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const batch = (action: Action<VxlanDevice>, program: 'ip' | 'bridge', lines: readonly string[], world: World): Promise<string> =>
  runIn(action.on, [program, '-batch', '-'], world, `${lines.join('\n')}\n`);

const wordIn = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1];

/** The device that is there, as the words that make it again. */
async function made(action: Action<VxlanDevice>, world: World): Promise<readonly string[]> {
  const name = action.params.instead;
  const text = (await tryIn(action.on, ['ip', '-d', 'link', 'show', 'dev', name], world)) ?? '';
  const [mac, mtu] = [wordIn(text, /link\/ether (\S+)/), wordIn(text, /mtu (\d+)/)];
  const [vni, port] = [wordIn(text, /vxlan id (\d+)/), wordIn(text, /dstport (\d+)/)];
  if (mac === undefined || vni === undefined) return [];
  const optional = [wordIn(text, / local (\S+)/)?.replace(/^/, 'local '), wordIn(text, / dev (\S+) srcport/)?.replace(/^/, 'dev ')];
  const learning = / nolearning /.test(text) ? 'nolearning' : 'learning';
  const words = [`type vxlan id ${vni}`, ...optional.filter((one) => one !== undefined), `dstport ${port ?? '8472'}`, learning];
  return [
    `link add ${name} address ${mac} mtu ${mtu ?? '1450'} ${words.join(' ')}`,
    ...(/<[^>]*\bUP\b/.test(text) ? [`link set dev ${name} up`] : []),
  ];
}

/** All that goes when the device is deleted, as lines that put it back. */
async function belongings(action: Action<VxlanDevice>, world: World): Promise<Undo> {
  const name = action.params.instead;
  const addresses = (await linesOf(action, ['ip', '-4', '-o', 'addr', 'show', 'dev', name], world)).map(
    (line) => /inet (\S+)/.exec(line)?.[1],
  );
  const routes = await linesOf(action, ['ip', '-4', 'route', 'show', 'dev', name], world);
  const neighbours = await linesOf(action, ['ip', '-4', 'neigh', 'show', 'dev', name, 'nud', 'permanent'], world);
  const entries = await linesOf(action, ['bridge', 'fdb', 'show', 'dev', name], world);
  return {
    device: await made(action, world),
    ip: [
      ...addresses.flatMap((one) => (one === undefined ? [] : [`addr add ${one} dev ${name}`])),
      ...routes
        .filter((line) => !line.includes('proto kernel'))
        .map((line) => `route add ${line.replace(/ linkdown| dead/g, '')} dev ${name}`),
      ...neighbours.map((line) => `neigh replace ${line.replace(/ PERMANENT.*/, '')} dev ${name} nud permanent`),
    ],
    bridge: entries.filter((line) => line.includes('dst ')).map((line) => `fdb append ${line.replace(/ dst/, ` dev ${name} dst`)}`),
  };
}

async function perform(action: Action<VxlanDevice>, world: World): Promise<void> {
  const { instead, name, vni, port, mac } = action.params;
  const there = (await tryIn(action.on, ['ip', 'link', 'show', 'dev', instead], world)) !== undefined;
  // in one go: a flanneld that sees its device gone ends, and may be started again at once
  await batch(action, 'ip', [...(there ? [`link del ${instead}`] : []), ...makeLines(action.params)], world);
  const text = await runIn(action.on, ['ip', '-d', 'link', 'show', 'dev', name], world);
  const right = text.includes(`vxlan id ${vni} `) && text.includes(`dstport ${port} `) && text.includes(mac);
  if (!right) throw new Error(`${name} is not as it was made: ${text.trim()}`);
}

const words = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

async function undo(action: Action<VxlanDevice>, before: Undo, world: World): Promise<void> {
  const { name } = action.params;
  if ((await tryIn(action.on, ['ip', 'link', 'show', 'dev', name], world)) !== undefined)
    await batch(action, 'ip', [`link del ${name}`], world);
  const device = words(before['device']);
  if (device.length === 0) return;
  await batch(action, 'ip', [...device, ...words(before['ip'])], world);
  if (words(before['bridge']).length > 0) await batch(action, 'bridge', words(before['bridge']), world);
}

export default definePerformer<VxlanDevice>({ id: 'vxlan-device', prepare: belongings, perform, undo });
