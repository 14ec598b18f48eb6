import type { ServicePolicy } from '#facts/service/service';
import type { Backend } from './backends.ts';

/** The backends of one Service port as one node sorts them (pkg/proxy/topology.go, CategorizeEndpoints). */
export type Categories = {
  /** For traffic with policy Cluster. */
  readonly cluster: readonly Backend[];
  /** For traffic with policy Local. */
  readonly local: readonly Backend[];
  /** Whether any node has one that serves: else everybody refuses. */
  readonly any: boolean;
  /** Why the Cluster ones are fewer than all that are ready. */
  readonly because: 'hints for this node' | 'hints for this zone' | 'only terminating ones still serve' | null;
};

/** The node that sorts: its name, and its zone where its labels tell one. */
export type Sorter = { readonly name: string; readonly zone: string | null };

const isFading = ({ serving, terminating }: Backend): boolean => serving && terminating;

/** Sorts the backends of a Service port for a node. */
export function categoriesOf(backends: readonly Backend[], policy: Pick<ServicePolicy, 'internal' | 'external'>, node: Sorter): Categories {
  const ready = backends.filter((one) => one.ready);
  const hinted = byHints(ready, node);
  const fading = backends.filter(isFading);
  const cluster = hinted.backends.length > 0 ? hinted.backends : fading;
  const isHere = ({ node: at }: Backend): boolean => at === node.name;
  const readyHere = ready.filter(isHere);
  const local = readyHere.length > 0 ? readyHere : fading.filter(isHere);
  const because = hinted.because ?? (ready.length === 0 && fading.length > 0 ? 'only terminating ones still serve' : null);
  return {
    cluster,
    local: policy.internal === 'Local' || policy.external === 'Local' ? local : [],
    any: ready.length + fading.length > 0,
    because,
  };
}

type Hinted = { readonly backends: readonly Backend[]; readonly because: Categories['because'] };

/** Hints count only where every ready backend has one, and one of them is for this node or zone (topologyModeFromHints). */
function byHints(ready: readonly Backend[], { name, zone }: Sorter): Hinted {
  const forNode = ready.filter(({ forNodes }) => forNodes?.includes(name) === true);
  if (forNode.length > 0 && ready.every(({ forNodes }) => isTold(forNodes))) return { backends: forNode, because: 'hints for this node' };
  const forZone = zone === null ? [] : ready.filter(({ forZones }) => forZones?.includes(zone) === true);
  if (forZone.length > 0 && ready.every(({ forZones }) => isTold(forZones))) return { backends: forZone, because: 'hints for this zone' };
  return { backends: ready, because: null };
}

const isTold = (hints: readonly string[] | null): boolean => hints !== null && hints.length > 0;
