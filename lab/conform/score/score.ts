import type { Area } from '../draw/construct.ts';
import type { Covered, Report, SceneReport } from '../job.ts';

/** Counts of an area. */
export type AreaScore = { readonly packets: number; readonly unknown: number; readonly explained: number; readonly disagreements: number };

const NOTHING: AreaScore = { packets: 0, unknown: 0, explained: 0, disagreements: 0 };

/** What all scenes came to. */
export class Score {
  readonly areas = new Map<Area, AreaScore>();
  readonly covered = new Map<string, Covered>();
  readonly reasons = new Map<string, number>();
  /** Packets that were lost, by the model's reason and the kernel's. */
  readonly ended = new Map<string, number>();
  readonly shares = { ipv6: 0, iptablesNft: 0, nativeNft: 0, conversations: 0 };
  readonly ms = new Map<string, number>();
  /** Those of scenes that were drawn, not kept. */
  readonly drawn = { scenes: 0, packets: 0 };
  packets = 0;
  unknown = 0;
  explained = 0;
  disagreements = 0;
  refused = 0;
  errors = 0;
  /** Packets of scenes that a storm ended, and of jobs that came to no verdict. */
  unjudged = 0;

  /** Adds what one job came to. */
  add({ job, scenes, error, ms }: Report): void {
    if (error !== undefined) this.errors += 1;
    if (error !== undefined && scenes.length === 0)
      this.unjudged += job.scenes.reduce((sum, one) => sum + ('packets' in one ? one.packets : 0), 0);
    for (const [name, time] of Object.entries(ms)) this.ms.set(name, (this.ms.get(name) ?? 0) + time);
    for (const scene of scenes) this.#scene(scene);
  }

  #scene(scene: SceneReport): void {
    const { area, packets, unknown, explained, disagreements, shares } = scene;
    const before = this.areas.get(area) ?? NOTHING;
    this.areas.set(area, {
      packets: before.packets + packets,
      unknown: before.unknown + unknown,
      explained: before.explained + explained,
      disagreements: before.disagreements + disagreements.length,
    });
    if (scene.kept === undefined) {
      this.drawn.scenes += 1;
      this.drawn.packets += packets;
    }
    this.packets += packets;
    this.unknown += unknown;
    this.explained += explained;
    this.disagreements += disagreements.length;
    this.refused += scene.refused.length;
    this.unjudged += scene.storm?.unjudged ?? 0;
    for (const name of ['ipv6', 'iptablesNft', 'nativeNft', 'conversations'] as const) this.shares[name] += shares[name];
    for (const [reason, count] of Object.entries(scene.reasons)) this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + count);
    for (const [both, count] of Object.entries(scene.ended ?? {})) this.ended.set(both, (this.ended.get(both) ?? 0) + count);
    for (const [id, one] of Object.entries(scene.covered)) this.covered.set(id, sum(this.covered.get(id), one));
  }
}

const sum = (one: Covered | undefined, other: Covered): Covered =>
  one === undefined
    ? other
    : {
        rules: one.rules + other.rules,
        hit: one.hit + other.hit,
        missed: one.missed + other.missed,
        decided: one.decided + other.decided,
        unknown: one.unknown + other.unknown,
      };
