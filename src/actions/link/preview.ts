import { type Action, defineAction } from '#change/change';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { Link } from '#facts/link/link';
import type { Scope } from '#snapshot/scope';
import type { LinkChange, LinkParams } from './change.ts';
import { portEdits } from './port.ts';
import { mtuEdits } from './mtu.ts';
import { stateEdits } from './state.ts';

const act = (on: Scope, params: LinkParams): Action<LinkParams> => ({ do: 'link', on, params });

export const setLinkUp = (on: Scope, device: string, up = true): Action<LinkParams> => act(on, { device, set: 'up', value: up });
export const setLinkMtu = (on: Scope, device: string, mtu: number): Action<LinkParams> => act(on, { device, set: 'mtu', value: mtu });
/** Makes a device a port of a bridge, or of none. */
export const setLinkMaster = (on: Scope, device: string, master: string | null): Action<LinkParams> =>
  act(on, { device, set: 'master', value: master });
export const setHairpin = (on: Scope, device: string, hairpin: boolean): Action<LinkParams> =>
  act(on, { device, set: 'hairpin', value: hairpin });

/** The words that `ip link` or `bridge link` takes. */
export function linkArgv({ device, ...change }: LinkParams): readonly string[] {
  if (change.set === 'hairpin') return ['bridge', 'link', 'set', 'dev', device, 'hairpin', change.value ? 'on' : 'off'];
  const set = ['ip', 'link', 'set', 'dev', device];
  if (change.set === 'up') return [...set, change.value ? 'up' : 'down'];
  if (change.set === 'mtu') return [...set, 'mtu', String(change.value)];
  return change.value === null ? [...set, 'nomaster'] : [...set, 'master', change.value];
}

const before = (link: Link | undefined, { set }: LinkChange): string =>
  String((set === 'hairpin' ? link?.port?.hairpin : link?.[set]) ?? (link === undefined ? '(not seen)' : 'none'));

const linkOn = (facts: Facts, on: Scope, device: string): Link | undefined => {
  const links = facts.seen('link', on);
  return links.is === 'seen' ? links.value.find(({ name }) => name === device) : undefined;
};

export default defineAction<LinkParams>({
  id: 'link',
  rights: 'CAP_NET_ADMIN',
  command: ({ params }) => linkArgv(params).join(' '),
  diff: (facts, { on, params }) => [
    `- ${params.device}: ${params.set} ${before(linkOn(facts, on, params.device), params)}`,
    `+ ${params.device}: ${params.set} ${params.value ?? 'none'}`,
  ],
  preview: (facts, { on, params }) => {
    const link = linkOn(facts, on, params.device);
    if (link === undefined) {
      const detail = `the device ${params.device} was not seen`;
      return { is: 'unknown', gap: { of: 'link', scope: on, why: 'not collected', detail } };
    }
    const at = { scope: on, link };
    const by = linkArgv(params).join(' ');
    if (params.set === 'up') return { is: 'facts', facts: edit(facts, stateEdits(facts, at, params.value), by) };
    if (params.set === 'mtu') return { is: 'facts', facts: edit(facts, mtuEdits(facts, at, params.value), by) };
    return { is: 'facts', facts: edit(facts, portEdits(facts, at, params), by) };
  },
});
