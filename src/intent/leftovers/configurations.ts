import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';
import { PLUGINS, type Plugin, pluginsOn } from './plugins.ts';

type CniConfig = FactOf<'cni-config'>;

/** A configuration of a pod network that no longer runs, which the runtime takes before that of the one that does. */
export type LeftoverConfig = { readonly plugin: string; readonly running: string; readonly file: CniConfig; readonly own: CniConfig };

const nameOf = ({ path }: CniConfig): string => path.slice(path.lastIndexOf('/') + 1);

const pluginOf = ({ types }: CniConfig): Plugin | undefined => PLUGINS.find(({ type }) => type !== null && type === types[0]);

/** The configurations of an earlier pod network that come before the running one's by name: the first is taken for each new pod. */
export function leftoverConfigs(facts: Facts, node: string): Seen<readonly LeftoverConfig[]> {
  const [files, plugins] = [facts.seen('cni-config', onNode(node)), pluginsOn(facts, node)];
  if (files.is === 'gap') return files;
  // as the runtime sorts them: by the bytes of their names
  const sorted = files.value.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  if (sorted.length < 2) return seen([], files.origins);
  if (plugins.is === 'gap') return plugins;
  const runs = (file: CniConfig): boolean => {
    const plugin = pluginOf(file);
    return plugin !== undefined && plugins.value.includes(plugin);
  };
  const at = sorted.findIndex(runs);
  const own = sorted[at];
  const running = own === undefined ? undefined : pluginOf(own);
  if (own === undefined || running === undefined) return seen([], files.origins);
  return seen(
    sorted.slice(0, at).flatMap((file): LeftoverConfig[] => {
      const plugin = pluginOf(file);
      return plugin === undefined ? [] : [{ plugin: plugin.name, running: running.name, file, own }];
    }),
    files.origins,
    files.complete,
  );
}
