import { type Action, defineAction } from '#change/change';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { lastingPath } from '#facts/sysctl-file/boot';
import { onNode, type Scope } from '#snapshot/scope';

/** A kernel setting: what to set now (nothing: only for the next boot), and the file that keeps it. */
export type SysctlParams = { readonly name: string; readonly value: string; readonly now: boolean; readonly path: string | null };

const ID = 'sysctl';

/** Sets a kernel setting now. */
export const setSysctl = (on: Scope, name: string, value: string): Action<SysctlParams> => ({
  do: ID,
  on,
  params: { name, value, now: true, path: null },
});

/** Writes a setting into a file that boot reads after all others, without touching what is in force. */
export const keepSysctl = (facts: Facts, node: string, name: string, value: string): Action<SysctlParams> => {
  const files = facts.seen('sysctl-file', onNode(node));
  return { do: ID, on: onNode(node), params: { name, value, now: false, path: lastingPath(files.is === 'seen' ? files.value : []) } };
};

const FORWARDS = ['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding'];
const PER_DEVICE = /^net\.ipv4\.conf\.(?!all\.)[^.]+\.forwarding$/;
const REDIRECTS = 'net.ipv4.conf.all.accept_redirects';

/** What else the kernel sets by itself: all forwarding switches follow the main one (net/ipv4/devinet.c, inet_forward_change). */
export function followers(settings: readonly FactOf<'sysctl'>[], name: string, value: string): readonly (readonly [string, string])[] {
  if (!FORWARDS.includes(name)) return [];
  if (settings.find((one) => one.name === name)?.value === value) return [];
  return settings.flatMap(({ name: other }): readonly (readonly [string, string])[] => {
    if (other === REDIRECTS) return [[other, value === '0' ? '1' : '0']];
    return other !== name && (FORWARDS.includes(other) || PER_DEVICE.test(other)) ? [[other, value]] : [];
  });
}

function nowEdits(facts: Facts, { on, params }: Action<SysctlParams>): readonly Edit[] {
  const settings = facts.seen('sysctl', on);
  const all = [[params.name, params.value] as const, ...followers(settings.is === 'seen' ? settings.value : [], params.name, params.value)];
  return all.map(([name, value]): Edit => ({ op: 'put', kind: 'sysctl', scope: on, fact: { name, value } }));
}

/** The settings of the file after the change: its own line replaced, or one more. */
export function settingsWith(
  settings: FactOf<'sysctl-file'>['settings'],
  { name, value }: Pick<SysctlParams, 'name' | 'value'>,
): FactOf<'sysctl-file'>['settings'] {
  const kept = settings.filter((one) => one.name !== name);
  return [...kept, { name, value, line: 0, optional: false }].map((one, index) => ({ ...one, line: index + 1 }));
}

function fileEdits(facts: Facts, { on, params }: Action<SysctlParams>): readonly Edit[] {
  const { path } = params;
  if (path === null) return [];
  const scope = onNode(on.node);
  const files = facts.seen('sysctl-file', scope);
  const settings = files.is === 'seen' ? (files.value.find((one) => one.path === path)?.settings ?? []) : [];
  return [{ op: 'put', kind: 'sysctl-file', scope, fact: { path, settings: settingsWith(settings, params) } }];
}

export default defineAction<SysctlParams>({
  id: ID,
  rights: 'root',
  command: ({ params: { name, value, now, path } }) =>
    [...(now ? [`sysctl -w ${name}=${value}`] : []), ...(path === null ? [] : [`echo '${name} = ${value}' >> ${path}`])].join(' && '),
  diff: (facts, { on, params }) => {
    const settings = facts.seen('sysctl', on);
    const before = settings.is === 'seen' ? settings.value.find(({ name }) => name === params.name)?.value : undefined;
    return [
      ...(params.now ? [`- ${params.name} = ${before ?? '(not seen)'}`, `+ ${params.name} = ${params.value}`] : []),
      ...(params.path === null ? [] : [`+ ${params.path}: ${params.name} = ${params.value}`]),
    ];
  },
  preview: (facts, action) => ({
    is: 'facts',
    facts: edit(
      facts,
      [...(action.params.now ? nowEdits(facts, action) : []), ...fileEdits(facts, action)],
      `sysctl ${action.params.name}`,
    ),
  }),
});
