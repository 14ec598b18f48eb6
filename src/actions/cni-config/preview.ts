import { type Action, defineAction } from '#change/change';
import { cniConfig } from '#facts/cni-config/cni-config';
import { edit } from '#facts/edit';
import type { Scope } from '#snapshot/scope';

/** One configuration of the pod network. */
export type CniConfigParams = { readonly path: string };

/** Puts a configuration aside, under a name that no runtime reads. */
export const setCniConfigAside = (on: Scope, path: string): Action<CniConfigParams> => ({ do: 'cni-config', on, params: { path } });

/** Where it is kept: runtimes read only .conf, .conflist and .json. */
export const asideOf = (path: string): string => `${path}.leadline-before`;

export default defineAction<CniConfigParams>({
  id: 'cni-config',
  rights: 'root',
  command: ({ params: { path } }) => `mv -n -- '${path.replaceAll("'", `'\\''`)}' '${asideOf(path).replaceAll("'", `'\\''`)}'`,
  diff: (_, { params: { path } }) => [`- ${path}`, `+ ${asideOf(path)}`],
  preview: (facts, { on, params: { path } }) => {
    const files = facts.seen('cni-config', on);
    const file = files.is === 'seen' ? files.value.find((one) => one.path === path) : undefined;
    if (file === undefined)
      return { is: 'unknown', gap: { of: 'cni-config', scope: on, why: 'not collected', detail: `${path} was not seen` } };
    return { is: 'facts', facts: edit(facts, [{ op: 'delete', kind: 'cni-config', scope: on, key: cniConfig.key(file) }], `mv ${path}`) };
  },
});
