import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';
import { map, type Seen, seen } from '#snapshot/seen';
import { programOfDevice, programOfProtocol } from '../owner/names.ts';
import { PLUGINS, type Plugin, pluginsOn } from './plugins.ts';

type Route = FactOf<'route'>;

/** A route of a plugin whose daemon no longer runs, where another plugin's does. */
export type LeftoverRoute = { readonly plugin: string; readonly running: string; readonly route: Route };

/** The routes of table main that an earlier pod network left on a node. Where no daemon of any is seen, nobody is the earlier one. */
export function leftoverRoutes(facts: Facts, node: string): Seen<readonly LeftoverRoute[]> {
  const [routes, plugins] = [facts.seen('route', onNode(node), 'main'), pluginsOn(facts, node)];
  if (routes.is === 'gap') return routes;
  const foreign = routes.value.filter((route) => mayBeLeftover(route));
  if (plugins.is === 'gap') return foreign.length === 0 ? seen([], routes.origins) : plugins;
  const [running] = plugins.value;
  return map(routes, () =>
    running === undefined
      ? []
      : foreign.flatMap((route): LeftoverRoute[] => {
          const plugin = pluginOf(route);
          return plugin === undefined || plugins.value.includes(plugin) ? [] : [{ plugin: plugin.name, running: running.name, route }];
        }),
  );
}

/** Whether a route is of a plugin, which may be the earlier one. */
export const mayBeLeftover = (route: Route): boolean => route.table === 'main' && pluginOf(route) !== undefined;

/** Whose a route is by its protocol, or else by the device that it leads into. */
function pluginOf({ protocol, hops }: Route): Plugin | undefined {
  if (protocol === 'kernel') return undefined;
  const programs = [
    protocol === undefined ? null : programOfProtocol(protocol),
    ...hops.map(({ dev }) => (dev === null ? null : programOfDevice(dev))),
  ];
  const owner = programs.find((program) => program !== null);
  return owner == null ? undefined : PLUGINS.find(({ owners }) => owners.includes(owner));
}
