import type { ModelAnswer, ModelWalk } from '../stage/model.ts';
import type { Seen } from '../stage/wire.ts';
import type { Scene } from '../draw/scene.ts';
import type { Stage } from '../stage/raise.ts';

/** What a scene's devices are called on its stage. */
export type OnStage = { readonly scene: Pick<Scene, 'layout'>; readonly stage: Pick<Stage, 'name'> };

/** Devices that carry what others seal, by namespace and sealing device. */
export const carriersOf = (all: readonly OnStage[]): ReadonlyMap<string, string> =>
  new Map(
    all.flatMap(({ scene, stage }) =>
      scene.layout.namespaces.flatMap(({ name, devices }) =>
        devices.flatMap(({ name: device, carrier }) =>
          carrier === undefined ? [] : [[`${stage.name(name)} ${device}`, carrier] as const],
        ),
      ),
    ),
  );

/** What travels sealed is seen on its tunnel's device alone: so it was on the device that carries it. */
export function onTheirCarriers(seen: readonly Seen[], all: readonly OnStage[]): readonly Seen[] {
  const carriers = carriersOf(all);
  return carriers.size === 0 ? seen : seen.map((one) => ({ ...one, device: carriers.get(`${one.in} ${one.device}`) ?? one.device }));
}

/** The model's answer as it can be seen: what a sealing device itself refuses has left by it, what ends sealed is seen by nobody where it arrives. */
export function asSeenSealed(answer: ModelAnswer, staged: OnStage): ModelAnswer {
  const carriers = carriersOf([staged]);
  if (carriers.size === 0 || 'error' in answer) return answer;
  const walkOf = (walk: ModelWalk): ModelWalk => {
    const unsent = unsentBy(walk, carriers, staged);
    return { ...walk, path: sealedPath(walk, carriers), ...(unsent === undefined ? {} : { unsent }) };
  };
  return { ...answer, outcomes: answer.outcomes.map((outcome) => ({ ...outcome, walks: outcome.walks.map(walkOf) })) };
}

function sealedPath({ path, outer }: ModelWalk, carriers: ReadonlyMap<string, string>): ModelWalk['path'] {
  const named = path.map(
    ([namespace, into, out, left]) => [namespace, into, carriers.get(`${namespace} ${out}`) ?? out, left] as ModelWalk['path'][number],
  );
  const last = named.at(-1);
  if (outer === undefined || last === undefined || last[2] !== null) return named;
  const own = [...carriers].find(([at]) => at.startsWith(`${last[0]} `))?.[1];
  if (own === undefined) return named;
  const [namespace, into, , left] = last;
  return [...named.slice(0, -1), ...(into === own ? [] : [[namespace, into, own, left] as ModelWalk['path'][number]])];
}

/** The namespace that a walk ends in before it leaves sealed: its sealing device refuses it, or what is around it ends there. */
function unsentBy({ path, outer }: ModelWalk, carriers: ReadonlyMap<string, string>, { scene, stage }: OnStage): string | undefined {
  const [namespace, , out] = path.at(-1) ?? [];
  if (namespace === undefined) return undefined;
  if (carriers.has(`${namespace} ${out}`)) return namespace;
  const own = scene.layout.namespaces.find(({ name }) => stage.name(name) === namespace);
  const isOwn = own?.devices.some(({ addresses }) => addresses.some((one) => one.split('/')[0] === outer?.source)) === true;
  return outer !== undefined && out === null && isOwn ? namespace : undefined;
}
