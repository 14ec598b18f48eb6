import { type Action, defineAction } from '#change/change';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { parseAddressWithLength, parseCidr } from '#net/cidr';
import { onNode, type Scope } from '#snapshot/scope';
import { directivesIn } from './directives.ts';

/** A whole file and its new content. Nothing secret: the content is part of the plan. */
export type FileParams = { readonly path: string; readonly text: string };

/** Writes a file at once: a reader sees the old content or the new. The old one is kept beside it, `.leadline-before`. */
export const writeFile = (on: Scope, path: string, text: string): Action<FileParams> => ({ do: 'file', on, params: { path, text } });

/** What the content means to the facts: a unit's drop-in, flannel's subnet file; any other file is read by nobody here. */
function editsOf(facts: Facts, { on, params: { path, text } }: Action<FileParams>): readonly Edit[] {
  const unit = /^\/etc\/systemd\/system\/([^/]+\.service)(?:\.d\/[^/]+\.conf)?$/.exec(path)?.[1];
  const scope = onNode(on.node);
  if (unit !== undefined) return unitEdits(facts, scope, unit, text);
  return path.endsWith('/subnet.env') ? subnetEdits(scope, path, text) : [];
}

function unitEdits(facts: Facts, scope: Scope, name: string, text: string): readonly Edit[] {
  const units = facts.seen('unit', scope);
  const unit = units.is === 'seen' ? units.value.find((one) => one.name === name) : undefined;
  if (unit?.directives === undefined) return [];
  const directives = new Map(unit.directives);
  for (const [key, values] of directivesIn(text)) {
    const reset = values.lastIndexOf('');
    const before = reset < 0 ? (directives.get(key) ?? []) : [];
    directives.set(key, [...before, ...values.slice(reset + 1)]);
  }
  const { origin: _, ...rest } = unit;
  return [{ op: 'put', kind: 'unit', scope, fact: { ...rest, directives } }];
}

function subnetEdits(scope: Scope, path: string, text: string): readonly Edit[] {
  const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const gateway = parseAddressWithLength(value('FLANNEL_SUBNET'));
  const fact: Omit<FactOf<'subnet-env'>, 'origin'> = {
    path,
    network: parseCidr(value('FLANNEL_NETWORK')),
    gateway: gateway?.address,
    subnet: parseCidr(value('FLANNEL_SUBNET')),
    mtu: Number(value('FLANNEL_MTU')) || undefined,
    ipMasq: value('FLANNEL_IPMASQ') === '' ? undefined : value('FLANNEL_IPMASQ') === 'true',
  };
  return [{ op: 'put', kind: 'subnet-env', scope, fact }];
}

export default defineAction<FileParams>({
  id: 'file',
  rights: 'root',
  command: ({ params: { path, text } }) => `cat >${path} <<'END'\n${text}${text.endsWith('\n') ? '' : '\n'}END`,
  diff: (_facts, { params: { path, text } }) => [
    `+++ ${path}`,
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `+ ${line}`),
  ],
  preview: (facts, action) => ({ is: 'facts', facts: edit(facts, editsOf(facts, action), `file ${action.params.path}`) }),
});
