import type { Action } from '#change/change';
import type { World } from '#world/world';

/** What was there before, so that an action can be undone. Plain data: a killed plan goes back from its journal. */
export type Undo = Readonly<Record<string, unknown>>;

/** The half of an action that touches the world: `actions/<id>/perform.ts`. Only the command line imports it. */
export type Performer<P> = {
  readonly id: string;
  /** Reads what is there now: written to the journal before anything is done. */
  readonly prepare: (action: Action<P>, world: World) => Promise<Undo>;
  /** Does it. Throws with the tool's own words when it could not. */
  readonly perform: (action: Action<P>, world: World) => Promise<void>;
  /** Puts back exactly what `prepare` saw. Idempotent. `others` says whether other steps of the plan were taken back before. */
  readonly undo: (action: Action<P>, undo: Undo, world: World, others?: boolean) => Promise<void>;
  /** What was there before the whole plan counts, and it is taken back after all other steps: what it runs lives on what they changed. */
  readonly isLast?: true;
};

export const definePerformer = <P>(performer: Performer<P>): Performer<P> => performer;
