import type { Layout } from '../draw/layout.ts';
import type { Scene } from '../draw/scene.ts';
import type { Staged } from '../play/rounds.ts';
import { cleared } from './clear.ts';
import { type Runner, Stage } from './raise.ts';

type Standing = { readonly stage: Stage; readonly number: number; readonly key: string };

/** The kernel tells multicast groups by itself for a second after a link is up, and rules count that. */
const QUIET_MS = 1300;
/** Ethernet addresses as layouts write them; namespaces side by side must not share any. */
const OWN_MACS = '02:00:00:';

/** Stages that stand from play to play: a scene takes one of its own layout when nothing of the scene before is left on it. */
export class Stages {
  #standing: readonly Standing[] = [];
  #last = 0;
  readonly #runner: Runner | undefined;

  /** Stages on this machine, unless another one is named. */
  constructor(runner?: Runner) {
    this.#runner = runner;
  }

  /** A stage for each scene; the scene names its Ethernet addresses. What stands of no use to them falls first. */
  async take(scenes: readonly Scene[]): Promise<readonly Staged[]> {
    const free = [...this.#standing];
    const taken = scenes.map((scene) => {
      const at = free.findIndex(({ key }) => key === keyOf(scene.layout));
      return at < 0 ? undefined : free.splice(at, 1)[0];
    });
    await Promise.all(free.map((one) => this.#fall(one)));
    const staged = await Promise.all(scenes.map((scene, at) => this.#onStage(scene, taken[at])));
    if (taken.includes(undefined)) await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    return staged;
  }

  /** Clears stages after a play; what a scene did beside its tables takes the whole stage away, and so does a storm. */
  async give(staged: readonly Staged[], ended: { readonly has: (stage: Stage) => boolean }): Promise<void> {
    await Promise.all(
      staged.map(async ({ scene, stage }) => {
        const own = this.#standing.find((one) => one.stage === stage);
        if (own !== undefined && (ended.has(stage) || !(await cleared(stage, scene)))) await this.#fall(own);
      }),
    );
  }

  /** Takes everything away. */
  async fall(): Promise<void> {
    await Promise.all(this.#standing.map((one) => this.#fall(one)));
  }

  async #onStage(scene: Scene, taken: Standing | undefined): Promise<Staged> {
    const standing = taken ?? this.#next(keyOf(scene.layout));
    const own = withMacs(scene, standing.number);
    if (taken === undefined) await standing.stage.raise(own.layout);
    return { scene: own, stage: standing.stage };
  }

  #next(key: string): Standing {
    const used = new Set(this.#standing.map(({ number }) => number));
    while (used.has(this.#last % NUMBERS)) this.#last += 1;
    const number = this.#last++ % NUMBERS;
    const standing = { stage: new Stage(`s${number}`, this.#runner), number, key };
    this.#standing = [...this.#standing, standing];
    return standing;
  }

  async #fall(one: Standing): Promise<void> {
    const layout: Pick<Layout, 'namespaces'> = JSON.parse(one.key);
    await one.stage.fall(layout);
    this.#standing = this.#standing.filter((other) => other !== one);
  }
}

const NUMBERS = 200;

const keyOf = (layout: Layout): string => JSON.stringify(layout);

const withMacs = (scene: Scene, number: number): Scene =>
  JSON.parse(JSON.stringify(scene).replaceAll(OWN_MACS, `02:${number.toString(16).padStart(2, '0')}:00:`));
