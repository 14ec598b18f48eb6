import type { ServedEndpoint } from '#dataplane/served-endpoints';
import type { ServedFront } from '#dataplane/served-fronts';
import { grouped } from '#facts/grouped';

/** Up to so many Services, each counted for every node, are all asked for; of more, each node is asked for its share. */
const MOST = 8000;

type Served = Pick<ServedEndpoint, 'node' | 'service' | 'endpoint'>;
type Front = Pick<ServedFront, 'name'>;

/**
 * Whether a node is asked for a Service. Of very many, each is asked for from some nodes, and always from one that leads it to other
 * endpoints than most do: what is the same on every node is told by few.
 */
export function sharesOf(
  fronts: ReadonlyMap<string, readonly Front[]>,
  served: readonly Served[],
): (node: string, front: Front) => boolean {
  const all = [...fronts.values()].reduce((sum, own) => sum + own.length, 0);
  const share = Math.min(fronts.size, Math.ceil(all / MOST));
  if (share < 2) return () => true;
  const nodes = new Map([...fronts.keys()].map((node, at) => [node, at]));
  const names = new Map([...new Set([...fronts.values()].flatMap((own) => own.map(({ name }) => name)))].map((name, at) => [name, at]));
  const isOdd = leadsElsewhere(served);
  return (node, { name }) => ((names.get(name) ?? 0) + (nodes.get(node) ?? 0)) % share === 0 || isOdd(node, name);
}

/** Whether a node leads a Service to other endpoints than most of those do that lead it anywhere. */
function leadsElsewhere(served: readonly Served[]): (node: string, name: string) => boolean {
  const ways = new Map(
    [...grouped(served, ({ service }) => service)].map(([name, own]) => {
      const byNode = [...grouped(own, ({ node }) => node)].map(([node, some]) => [node, wayOf(some)] as const);
      const [most] = [...grouped(byNode, ([, way]) => way)].toSorted(([, one], [, other]) => other.length - one.length);
      return [name, { byNode: new Map(byNode), common: most?.[0] }];
    }),
  );
  return (node, name) => ways.get(name)?.byNode.get(node) !== ways.get(name)?.common;
}

const wayOf = (some: readonly Served[]): string => [...new Set(some.map(({ endpoint }) => endpoint))].toSorted().join(' ');
