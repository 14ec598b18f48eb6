import { resolveEndpoint } from '#dataplane/endpoints';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { type Ip, isLoopback } from '#net/ip';
import type { Flow } from '#sim/packet/trace';
import { CLUSTER, onNode, type Scope, scopeText } from '#snapshot/scope';
import { askAnywhere } from './ask-anywhere.ts';
import { askFlow } from './ask.ts';
import type { Check } from './check.ts';

type Observation = FactOf<'observation'>;

/** A measurement, and where it was made as far as that is known. A line of a captured log is not of the time of the capture. */
export type Observed = { readonly observation: Observation; readonly from: Scope | null; readonly isPast: boolean };

/** Everything that somebody measured: in the captures, or pasted. Each becomes a check with its observed answer. */
export function observedChecks(facts: Facts, pasted: readonly Observation[] = []): readonly Check[] {
  const captured = [...facts.partitions()]
    .filter(({ kind }) => kind === 'observation')
    .flatMap((partition): Observed[] =>
      (partition.facts as readonly Observation[]).map((observation) => ({
        observation,
        from: partition.scope.node === '' ? null : partition.scope,
        isPast: isError(observation),
      })),
    );
  const all = [...captured, ...pasted.map((observation) => ({ observation, from: null, isPast: false }))];
  const checks = new Map(all.flatMap((observed) => checkOf(observed, facts)).map((check) => [check.id, check] as const));
  return [...checks.values()];
}

const isError = ({ by }: Observation): boolean => by === 'text' || by === 'kubelet';

/** The check that a pasted measurement becomes; none where the captures do not place it: from where, or to where, is not told. */
export const checkOfPasted = (facts: Facts, observation: Observation): Check | undefined =>
  checkOf({ observation, from: null, isPast: false }, facts)[0];

/** Why a pasted measurement becomes no check: what was asked for is not known, need not answer that, or nothing tells where it started. */
export function againstCheck(facts: Facts, observation: Observation): 'no address' | 'no echo' | 'no start' {
  const target = targetOf(observation, facts);
  return target === undefined ? 'no address' : isEchoToService(observation, target.to, facts) ? 'no echo' : 'no start';
}

/** In words, not measured: what forwards a Service's ports need not answer a ping of its address, and nobody says that it did. */
const isEchoToService = (observation: Observation, to: Ip, facts: Facts): boolean =>
  isError(observation) && observation.protocol === 'icmp' && isOfService(to, facts);

function checkOf(observed: Observed, facts: Facts): readonly Check[] {
  const { observation, isPast } = observed;
  const target = targetOf(observation, facts);
  if (target === undefined || isEchoToService(observation, target.to, facts) || (isPast && !isKnown(target.to, facts))) return [];
  const start = startOf(observed, facts);
  const isUnplaced = observation.from === undefined && isError(observation) && !isPast && !isLoopback(target.to);
  if (start === undefined && !(isUnplaced && hasFailed(observation))) return [];
  const flow = start === undefined ? undefined : { ...target, from: start };
  const measured = isPast || observation.standing === true ? {} : { observed: measuredOf(observation) };
  const about = { kind: 'observed', says: saysOf(observation), ...measured } as const;
  // the error does not say where it was met
  if (flow === undefined) return [{ ...about, id: idOf(observation, ''), from: 'observation', ask: askAnywhere(target, facts) }];
  const from = typeof observation.from === 'string' ? observation.from : isError(observation) ? scopeText(flow.from) : '';
  return [{ ...about, id: idOf(observation, from), from: isPast ? 'log' : 'observation', flow, ask: askFlow(flow) }];
}

const idOf = ({ by, to, port, protocol }: Observation, from: string): string =>
  `observed ${by} ${from}→${to}${port == null ? '' : `:${port}`}/${protocol}`;

const saysOf = ({ by, to }: Observation): Check['says'] =>
  by === 'text' || by === 'kubelet'
    ? { en: `an error about ${to}`, zh: `关于 ${to} 的报错` }
    : { en: `${by} to ${to}`, zh: `${by} 测试 ${to}` };

/** Whether what was asked did not answer: a reset or a refusal is an answer. */
const hasFailed = ({ outcome }: Observation): boolean => outcome !== 'answered' && outcome !== 'refused';

const measuredOf = (observation: Observation): NonNullable<Check['observed']> => ({
  result: hasFailed(observation) ? 'fail' : 'pass',
  origins: [observation.origin],
  says: isError(observation) ? `told: ${observation.detail}` : `measured by ${observation.by}: ${observation.detail}`,
});

/** What was asked for; nothing when the captures do not know the name. */
function targetOf(observation: Observation, facts: Facts): Omit<Flow, 'from'> | undefined {
  const to = resolveEndpoint(facts, serviceOf(observation.to));
  if (to.is === 'problem' || to.endpoint.address === null) return undefined;
  return {
    to: to.endpoint.address,
    protocol: observation.protocol,
    ...(typeof observation.port === 'number' ? { port: observation.port } : {}),
    ...(observation.size === undefined ? {} : { size: observation.size }),
    ...(observation.df === undefined ? {} : { df: observation.df }),
  };
}

/** `web.shop.svc.cluster.local` as `shop/web`. */
const serviceOf = (name: string): string => name.replace(/^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\..*)?$/, '$2/$1');

/** An address that a log names may long be gone: one that is captured, or a Service's, can be asked for. */
function isKnown(address: Ip, facts: Facts): boolean {
  const found = resolveEndpoint(facts, address);
  if (isLoopback(address)) return false;
  if (found.is === 'found' && found.endpoint.scope !== null) return true;
  return isOfService(address, facts);
}

function isOfService(address: Ip, facts: Facts): boolean {
  const services = facts.seen('service', CLUSTER);
  return services.is === 'seen' && services.value.some(({ clusterIps }) => clusterIps.includes(address));
}

/** Where it started: an error names the sender better than the place of its log does; a kubelet asks the pods of its own node. */
function startOf({ observation, from }: Observed, facts: Facts): Scope | undefined {
  const told = typeof observation.from === 'string' ? scopeNamed(facts, observation.from) : undefined;
  if (observation.by === 'kubelet') {
    const asked = scopeNamed(facts, observation.to);
    return told ?? from ?? (asked === undefined ? undefined : onNode(asked.node));
  }
  if (isError(observation) && typeof observation.from === 'string') return told;
  return from ?? told;
}

function scopeNamed(facts: Facts, text: string): Scope | undefined {
  const found = resolveEndpoint(facts, text);
  return found.is === 'problem' || found.endpoint.scope === null ? undefined : found.endpoint.scope;
}
