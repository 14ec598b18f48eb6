import { resolveEndpoint } from '#dataplane/endpoints';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Flow } from '#sim/packet/trace';
import type { Scope } from '#snapshot/scope';
import { askFlow } from './ask.ts';
import type { Check } from './check.ts';

type Observation = FactOf<'observation'>;

/** A measurement, and where it was made as far as that is known. */
export type Observed = { readonly observation: Observation; readonly from: Scope | null };

/** Everything that somebody measured: in the captures, or pasted. Each becomes a check with its observed answer. */
export function observedChecks(facts: Facts, pasted: readonly Observation[] = []): readonly Check[] {
  const captured = [...facts.partitions()]
    .filter(({ kind }) => kind === 'observation')
    .flatMap((partition): Observed[] =>
      (partition.facts as readonly Observation[]).map((observation) => ({
        observation,
        from: partition.scope.node === '' ? null : partition.scope,
      })),
    );
  return [...captured, ...pasted.map((observation) => ({ observation, from: null }))].flatMap((observed) => checkOf(observed, facts));
}

/** The check that a pasted measurement becomes; none where the captures do not place it: from where, or to where, is not told. */
export const checkOfPasted = (facts: Facts, observation: Observation): Check | undefined => checkOf({ observation, from: null }, facts)[0];

function checkOf({ observation, from }: Observed, facts: Facts): readonly Check[] {
  const flow = flowOf(observation, from, facts);
  if (flow === undefined) return [];
  const worked = observation.outcome === 'answered' || observation.outcome === 'refused';
  const id = `observed ${observation.by} ${observation.from ?? ''}→${observation.to}${observation.port == null ? '' : `:${observation.port}`}/${observation.protocol}`;
  return [
    {
      id,
      kind: 'observed',
      from: 'observation',
      says: { en: `${observation.by} to ${observation.to}`, zh: `${observation.by} 测试 ${observation.to}` },
      flow,
      ask: askFlow(flow),
      observed: {
        result: worked ? 'pass' : 'fail',
        origins: [observation.origin],
        says: `measured by ${observation.by}: ${observation.detail}`,
      },
    },
  ];
}

/** The flow that was measured; nothing when the captures do not tell from where or to where. */
function flowOf(observation: Observation, from: Scope | null, facts: Facts): Flow | undefined {
  const to = resolveEndpoint(facts, observation.to);
  const start = from ?? (typeof observation.from === 'string' ? startOf(facts, observation.from) : undefined);
  if (start === undefined || to.is === 'problem' || to.endpoint.address === null) return undefined;
  return {
    from: start,
    to: to.endpoint.address,
    protocol: observation.protocol,
    ...(typeof observation.port === 'number' ? { port: observation.port } : {}),
    ...(observation.size === undefined ? {} : { size: observation.size }),
    ...(observation.df === undefined ? {} : { df: observation.df }),
  };
}

function startOf(facts: Facts, text: string): Scope | undefined {
  const found = resolveEndpoint(facts, text);
  return found.is === 'problem' || found.endpoint.scope === null ? undefined : found.endpoint.scope;
}
