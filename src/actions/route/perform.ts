import type { Action } from '#change/change';
import { cidrFamily } from '#net/cidr';
import type { World } from '#world/world';
import { definePerformer } from '../performer.ts';
import { runIn } from '../run-in.ts';
import { type RouteParams, routeWords } from './preview.ts';

/** What `ip route show` prints and `ip route add` does not take. */
const FLAGS = new Set(['linkdown', 'dead', 'pervasive', 'offload', 'offload_failed', 'rt_offload', 'rt_trap', 'trap']);

const family = ({ params: { route } }: Action<RouteParams>): string => `-${cidrFamily(route.to)}`;

/** The routes to exactly this prefix in its table, each as the words that add it again. */
async function listed(action: Action<RouteParams>, world: World): Promise<readonly string[]> {
  const { table, to } = action.params.route;
  const text = await runIn(action.on, ['ip', family(action), 'route', 'show', 'table', table, 'exact', to], world);
  const lines = text.replaceAll(/\s*\\?\n\s+/g, ' ').split('\n');
  return lines
    .map((line) =>
      line
        .trim()
        .split(/\s+/)
        .filter((word) => !FLAGS.has(word))
        .join(' '),
    )
    .filter((line) => line !== '');
}

const change = (action: Action<RouteParams>, verb: string, words: readonly string[], world: World): Promise<string> =>
  runIn(action.on, ['ip', family(action), 'route', verb, ...words], world);

/** Whether a listed route is the wanted one: its next hops, and its type. */
function is(line: string, { params: { route } }: Action<RouteParams>): boolean {
  const words = line.split(' ');
  const typed =
    route.type === 'unicast'
      ? !/^(blackhole|unreachable|prohibit|throw|local|broadcast|multicast)$/.test(words[0] ?? '')
      : words[0] === route.type;
  return typed && route.hops.every(({ via, dev }) => (via === null || words.includes(via)) && (dev === null || words.includes(dev)));
}

async function perform(action: Action<RouteParams>, world: World): Promise<void> {
  const { verb, route } = action.params;
  await change(action, verb === 'delete' ? 'del' : verb, routeWords(route), world);
  const there = (await listed(action, world)).some((line) => is(line, action));
  if (there !== (verb !== 'delete'))
    throw new Error(`the route to ${route.to} is ${there ? 'still' : 'not'} there after \`ip route ${verb}\``);
}

async function undo(action: Action<RouteParams>, before: readonly string[], world: World): Promise<void> {
  const { table } = action.params.route;
  const now = await listed(action, world);
  for (const line of now) if (!before.includes(line)) await change(action, 'del', [...line.split(' '), 'table', table], world);
  for (const line of before) if (!now.includes(line)) await change(action, 'add', [...line.split(' '), 'table', table], world);
}

export default definePerformer<RouteParams>({
  id: 'route',
  prepare: async (action, world) => ({ routes: await listed(action, world) }),
  perform,
  undo: (action, { routes }, world) => undo(action, Array.isArray(routes) ? routes.map(String) : [], world),
});
