import type { World } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { type Answer, answerOf, type Source } from '#intent/kube-proxy/answers';
import { type Front, frontsOf } from '#intent/kube-proxy/fronts';
import type { Walk } from '#sim/packet/outcome';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import { clientsOf } from './clients.ts';
import { type Deviating, deviationsOf } from './deviation.ts';
import { type Programmed, programmed } from './programmed.ts';
import { settingDeviations } from './settings.ts';

/** What came of comparing one front on one node for one source. */
export type Compared = {
  readonly node: string;
  readonly front: Front;
  readonly source: Source;
  readonly wanted: Answer | null;
  readonly programmed: Programmed;
  readonly deviations: readonly Deviating[];
  /** What kept it from being told. */
  readonly gaps: readonly Gap[];
};

/** Who may ask at a front: pods and the node everywhere, clients from outside where it is meant for them. */
export function sourcesOf(facts: Facts, front: Front): readonly Source[] {
  const inside: readonly Source[] = [{ is: 'pod' }, { is: 'node' }];
  return front.kind === 'cluster IP'
    ? inside
    : [...inside, ...clientsOf(facts, front).map((address): Source => ({ is: 'outside', address }))];
}

/** Compares what a node's rules do at a front with what its objects ask for. */
export function compare(world: World, node: string, front: Front, source: Source): Compared {
  const asked = { node, front, source };
  const wanted = answerOf(world.facts, node, front, source);
  if (wanted.is === 'gap') return { ...asked, wanted: null, programmed: null, deviations: [], gaps: [wanted.gap] };
  const walked = programmed(world, node, front, source);
  if (walked === null) return { ...asked, wanted: wanted.value, programmed: null, deviations: [], gaps: [nobody(asked)] };
  // an absent slice proves nothing where only some were read
  const mayTell = wanted.complete || (wanted.value.is === 'endpoints' && wanted.value.backends.length > 0);
  const found = mayTell ? deviationsOf(wanted.value, walked) : [];
  const gaps = walked.fates.flatMap(({ fate }) => (fate.is === 'unknown' ? [fate.gap] : []));
  return {
    ...asked,
    wanted: wanted.value,
    programmed: walked,
    gaps: mayTell ? gaps : [...gaps, partial(wanted.origins)],
    deviations: [
      ...found.map((deviation) => {
        const walks = walksOf(deviation, walked);
        return { ...asked, wanted: wanted.value, deviation, walks, evidence: evidenceOf(front, wanted.value, walks) };
      }),
      // a node that leads on otherwise has more than a setting wrong
      ...(found.length > 0 ? [] : settingDeviations(world.facts, node, front, source)).map(({ deviation, origin }) => ({
        ...asked,
        wanted: wanted.value,
        deviation,
        walks: [],
        evidence: [front.service.origin, origin],
      })),
    ],
  };
}

/** Every way in which the captured nodes' rules differ from the Services' objects. */
export function serviceDeviations(world: World): readonly Deviating[] {
  return world.facts.nodes().flatMap((node) => {
    const fronts = frontsOf(world.facts, node);
    if (fronts.is === 'gap') return [];
    return fronts.value.flatMap((front) =>
      sourcesOf(world.facts, front).flatMap((source) => compare(world, node, front, source).deviations),
    );
  });
}

const nobody = ({ node, source }: { readonly node: string; readonly source: Source }): Gap => ({
  of: 'link',
  scope: { node, netns: '' },
  why: 'not collected',
  detail: `nothing was captured on ${node} that a packet from ${source.is === 'outside' ? 'outside' : `a ${source.is}`} could start at`,
  capture: 'leadline capture',
});

const partial = (origins: readonly Origin[]): Gap => ({
  of: 'endpoints',
  scope: { node: '', netns: '' },
  why: 'not collected',
  detail: `${origins[0]?.file ?? 'the snapshot'} does not list the EndpointSlices of all namespaces`,
  capture: 'kubectl get endpointslices -A -o json',
});

/** The ways that show a deviation. */
function walksOf(deviation: Deviating['deviation'], { fates }: Exclude<Programmed, null>): readonly Walk[] {
  if (deviation.is === 'missing endpoint') return [];
  const shown = fates.filter(({ fate }) =>
    'address' in deviation
      ? fate.is === 'endpoint' && fate.address === deviation.address && fate.port === deviation.port
      : fate.is !== 'unknown',
  );
  return shown.map(({ walk }) => walk);
}

/** The Service, the slices behind it, and what decided on the way. */
function evidenceOf(front: Front, wanted: Answer, walks: readonly Walk[]): readonly Origin[] {
  const slices = wanted.is === 'endpoints' ? wanted.backends.map(({ slice }) => slice.origin) : [];
  const decided = walks
    .slice(0, 1)
    .flatMap(({ hops, reason }) => [
      ...hops
        .flatMap(({ steps }) => steps.filter(({ element }) => element === 'iptables' || element === 'nft' || element === 'nat'))
        .flatMap(({ by }) => by.map(({ origin }) => origin)),
      ...reason.by.map(({ origin }) => origin),
    ]);
  return [...new Map([front.service.origin, ...slices, ...decided].map((origin) => [JSON.stringify(origin), origin] as const)).values()];
}
