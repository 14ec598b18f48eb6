import type { Facts } from '#facts/facts';
import { onNode } from '#snapshot/scope';
import type { World } from '#world/world';
import { UserError } from '../command.ts';

const MACHINE_ID = '/etc/machine-id';
const LIMIT_MS = 10_000;

/** What tells one machine from others; what could not be read is `null` or empty. */
export type Machine = { readonly id: string | null; readonly macs: readonly string[]; readonly hostname: string };

/** Whether captures tell of the node itself, and not only of what others say of it. */
export const isTold = (node: string, facts: Facts): boolean =>
  facts.partition('host', onNode(node)) !== undefined || facts.partition('link', onNode(node)) !== undefined;

/**
 * Ends the command on a machine that is not the node which the captures tell of, before anything is performed and before anybody is
 * asked for anything: the plan was made for another machine, and its addresses lead elsewhere from here.
 */
export async function mustBe(node: string, facts: Facts, world: World): Promise<void> {
  const against = otherThan(node, capturedMachine(node, facts), await thisMachine(world));
  if (against !== undefined)
    throw new UserError(`nothing was done: this machine is not the ${node} of the captures (${against}); run it there, or capture again`);
}

function capturedMachine(node: string, facts: Facts): Machine {
  const host = facts.partition('host', onNode(node))?.facts[0];
  const links = facts.partition('link', onNode(node))?.facts ?? [];
  return {
    id: machineId(host?.machineId ?? ''),
    macs: ownMacs(links.flatMap(({ name, mac }) => (name === 'lo' ? [] : (mac ?? [])))),
    hostname: host?.hostname ?? node,
  };
}

/** The machine that this process runs on. */
export const thisMachine = async (world: World): Promise<Machine> => ({
  id: await machineIdHere(world),
  macs: await macsHere(world),
  hostname: world.hostname,
});

/** What speaks against a machine being the one that a node was; nothing where an id or a MAC tells that it is, or else its name. */
export function otherThan(node: string, was: Machine, is: Machine): string | undefined {
  if (is.id !== null && was.id !== null && is.id !== was.id) return `its machine-id is ${is.id}, and that of ${node} was ${was.id}`;
  const areTold = is.macs.length > 0 && was.macs.length > 0;
  if (areTold && !was.macs.some((mac) => is.macs.includes(mac))) return `none of its devices has a MAC that ${node} had`;
  return areTold || (is.id !== null && was.id !== null) || [node, was.hostname].includes(is.hostname)
    ? undefined
    : `it is called ${is.hostname}, and neither a machine-id nor a device tells that it is ${node}`;
}

const machineId = (text: string): string | null => /^[0-9a-f]{32}$/.exec(text.trim())?.[0] ?? null;

const machineIdHere = ({ files }: World): Promise<string | null> =>
  files.read(MACHINE_ID).then(
    (content) => machineId(content.toString('utf8')),
    () => null,
  );

/** Calico gives the node's end of every pod's veth this one, on all nodes. */
const CALICOS = 'ee:ee:ee:ee:ee:ee';

const ownMacs = (macs: readonly string[]): readonly string[] => [...new Set(macs)].filter((mac) => mac !== CALICOS);

/** `ip` tells the devices of this network namespace; /sys may be another's. */
async function macsHere(world: World): Promise<readonly string[]> {
  const ran = await world.run(['ip', '-o', 'link', 'show'], { timeoutMs: LIMIT_MS }).catch(() => undefined);
  const text = ran?.code === 0 ? ran.stdout.toString('utf8') : '';
  return ownMacs([...text.matchAll(/ link\/ether ([0-9a-f:]{17})\b/g)].map(([, mac = '']) => mac));
}
