import type { Answer, Source } from '#intent/kube-proxy/answers';
import type { Backend } from '#intent/kube-proxy/backends';
import type { Front } from '#intent/kube-proxy/fronts';
import type { Ip } from '#net/ip';
import type { Walk } from '#sim/packet/outcome';
import type { Origin } from '#snapshot/origin';
import type { Fate, Programmed, Weighed } from './programmed.ts';

/** One way in which a node's rules differ from what its objects ask for. */
export type Deviation =
  /** No rule rewrites packets to the front, though it has endpoints. */
  | { readonly is: 'not programmed' }
  /** The rules refuse or drop what they should lead to endpoints. */
  | { readonly is: 'refused'; readonly how: 'rejected' | 'dropped' }
  /** The rules lead to an address that is no endpoint of the Service, or not one for this node. */
  | { readonly is: 'stale endpoint'; readonly address: Ip; readonly port: number }
  /** An endpoint that the rules should lead to and never do. */
  | { readonly is: 'missing endpoint'; readonly backend: Backend }
  /** The rules lead somewhere what they should refuse or drop. */
  | { readonly is: 'answered'; readonly should: 'reject' | 'drop' }
  /** Nobody is told that there are no endpoints: packets are not rejected. */
  | { readonly is: 'not refused'; readonly should: 'reject' | 'drop'; readonly how: Fate['is'] }
  /** Clients stay with their endpoint for another time than asked for; `null`: not at all. */
  | { readonly is: 'affinity'; readonly seconds: number | null; readonly shouldBe: number | null }
  /** No rule lets in who asks for the node's health. */
  | { readonly is: 'health port closed'; readonly port: number; readonly of: string }
  /** Endpoints get other shares than all the same one. */
  | { readonly is: 'uneven'; readonly address: Ip; readonly port: number; readonly share: number; readonly should: number };

/** A deviation with where it was found: what was wanted, what the rules do, and the walks that show it. */
export type Deviating = {
  readonly node: string;
  readonly front: Front;
  readonly source: Source;
  readonly wanted: Answer;
  readonly deviation: Deviation;
  /** Ways of packets that show it; empty for what never comes. */
  readonly walks: readonly Walk[];
  readonly evidence: readonly Origin[];
};

/** What the rules do against what they should do: nothing where they agree. Unknown ways speak neither for nor against. */
export function deviationsOf(wanted: Answer, programmed: Exclude<Programmed, null>): readonly Deviation[] {
  const known = programmed.fates.filter(({ fate }) => fate.is !== 'unknown');
  if (known.length === 0) return [];
  const isWhole = known.length === programmed.fates.length && programmed.complete;
  return wanted.is === 'endpoints' ? fromEndpoints(wanted.backends, known, isWhole) : fromRefusal(wanted.is, known);
}

function fromRefusal(should: 'reject' | 'drop', known: readonly Weighed[]): readonly Deviation[] {
  const kinds = new Set(known.map(({ fate }) => fate.is));
  if (kinds.has('endpoint')) return [{ is: 'answered', should }];
  const right = should === 'reject' ? 'rejected' : 'dropped';
  const [wrong] = [...kinds].filter((is) => is !== right);
  return wrong === undefined ? [] : [{ is: 'not refused', should, how: wrong }];
}

function fromEndpoints(backends: readonly Backend[], known: readonly Weighed[], isWhole: boolean): readonly Deviation[] {
  const reached = shares(known);
  if (reached.size === 0) {
    const [first] = known;
    const how = first?.fate.is;
    return how === 'rejected' || how === 'dropped' ? [{ is: 'refused', how }] : [{ is: 'not programmed' }];
  }
  const wanted = new Map(backends.map((backend) => [keyOf(backend), backend] as const));
  const stale = [...reached.values()].filter((one) => !wanted.has(keyOf(one)));
  const missing = isWhole ? backends.filter((backend) => !reached.has(keyOf(backend))) : [];
  const changed: readonly Deviation[] = [
    ...stale.map(({ address, port }): Deviation => ({ is: 'stale endpoint', address, port })),
    ...missing.map((backend): Deviation => ({ is: 'missing endpoint', backend })),
  ];
  return changed.length > 0 || !isWhole ? changed : uneven([...reached.values()]);
}

type Share = { readonly address: Ip; readonly port: number; readonly share: number | null };

const keyOf = ({ address, port }: { readonly address: Ip; readonly port: number }): string => `${address} ${port}`;

/** How often each endpoint is reached; `null` where a choice on the way has no known weight. */
function shares(known: readonly Weighed[]): ReadonlyMap<string, Share> {
  const all = new Map<string, Share>();
  for (const { fate, probability } of known) {
    if (fate.is !== 'endpoint') continue;
    const before = all.get(keyOf(fate));
    const share = before === undefined ? probability : before.share === null || probability === null ? null : before.share + probability;
    all.set(keyOf(fate), { address: fate.address, port: fate.port, share });
  }
  return all;
}

/** kube-proxy writes probabilities with eleven digits, the kernel keeps 31 bits of them. */
const ROUNDING = 1e-6;

function uneven(reached: readonly Share[]): readonly Deviation[] {
  const should = 1 / reached.length;
  return reached.flatMap(({ address, port, share }): Deviation[] =>
    share === null || Math.abs(share - should) < ROUNDING * reached.length ? [] : [{ is: 'uneven', address, port, share, should }],
  );
}
