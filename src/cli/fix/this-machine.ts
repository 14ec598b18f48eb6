import type { Facts } from '#facts/facts';
import { onNode } from '#snapshot/scope';
import type { World } from '#world/world';
import { UserError } from '../command.ts';

const MACHINE_ID = '/etc/machine-id';
const LIMIT_MS = 10_000;

/** Whether captures tell of the node itself, and not only of what others say of it. */
export const isTold = (node: string, facts: Facts): boolean =>
  facts.partition('host', onNode(node)) !== undefined || facts.partition('link', onNode(node)) !== undefined;

/**
 * Ends the command on a machine that is not the node which the captures tell of, before anything is performed and before anybody is
 * asked for anything: the plan was made for another machine, and its addresses lead elsewhere from here.
 */
export async function mustBe(node: string, facts: Facts, world: World): Promise<void> {
  const against = await againstBeing(node, facts, world);
  if (against !== undefined)
    throw new UserError(`nothing was done: this machine is not the ${node} of the captures (${against}); run it there, or capture again`);
}

async function againstBeing(node: string, facts: Facts, world: World): Promise<string | undefined> {
  const host = facts.partition('host', onNode(node))?.facts[0];
  const [id, macs] = [await ownMachineId(world), await ownMacs(world)];
  const captured = (facts.partition('link', onNode(node))?.facts ?? []).flatMap(({ name, mac }) => (name === 'lo' ? [] : (mac ?? [])));
  const before = machineId(host?.machineId ?? '');
  if (id !== undefined && before !== undefined && id !== before) return `its machine-id is ${id}, and that of ${node} was ${before}`;
  if (macs.size > 0 && captured.length > 0 && !captured.some((mac) => macs.has(mac)))
    return `none of its devices has a MAC that ${node} had`;
  const told = (id !== undefined && before !== undefined) || (macs.size > 0 && captured.length > 0);
  return told || [node, host?.hostname].includes(world.hostname)
    ? undefined
    : `it is called ${world.hostname}, and neither a machine-id nor a device tells that it is ${node}`;
}

const machineId = (text: string): string | undefined => /^[0-9a-f]{32}$/.exec(text.trim())?.[0];

const ownMachineId = ({ files }: World): Promise<string | undefined> =>
  files.read(MACHINE_ID).then(
    (content) => machineId(content.toString('utf8')),
    () => undefined,
  );

/** `ip` tells the devices of this network namespace; /sys may be another's. */
async function ownMacs(world: World): Promise<ReadonlySet<string>> {
  const ran = await world.run(['ip', '-o', 'link', 'show'], { timeoutMs: LIMIT_MS }).catch(() => undefined);
  const text = ran?.code === 0 ? ran.stdout.toString('utf8') : '';
  return new Set([...text.matchAll(/ link\/ether ([0-9a-f:]{17})\b/g)].map(([, mac = '']) => mac));
}
