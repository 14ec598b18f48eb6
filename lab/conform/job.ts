import type { Area } from './draw/construct.ts';
import type { Scene } from './draw/scene.ts';
import type { End } from './ends/ends.ts';

/** A scene by what it is drawn from; rules change before step `changes`. */
export type DrawnScene = { readonly area: Area; readonly seed: string; readonly packets: number; readonly changes?: number };

/** Scenes that are played side by side: drawn by their seeds, or literal ones that were kept. */
export type Job = {
  readonly scenes: readonly (DrawnScene | { readonly kept: string; readonly scene: Scene })[];
  /** How many rules of each scene are left out in turn, to see whether that changes anything. */
  readonly removals: number;
};

/** One thing on which kernel and model do not agree. */
export type Disagreement = {
  readonly of: 'packet' | 'counter' | 'connection' | 'chance' | 'reason';
  readonly says: string;
  readonly conversation?: number;
};

/** Packets that a construct's rules decided, hit and missed, and that the model does not know because of them. */
export type Covered = {
  readonly rules: number;
  readonly hit: number;
  readonly missed: number;
  readonly decided: number;
  readonly unknown: number;
};

/** What came of one scene, without what was sent. */
export type SceneReport = {
  readonly area: Area;
  readonly seed: string;
  readonly kept?: string;
  readonly packets: number;
  readonly unknown: number;
  readonly explained: number;
  readonly disagreements: readonly Disagreement[];
  /** Packets by what the quotas ask for. */
  readonly shares: { readonly ipv6: number; readonly iptablesNft: number; readonly nativeNft: number; readonly conversations: number };
  readonly covered: Readonly<Record<string, Covered>>;
  /** The scene's rules that any packet met, by their place in its list. */
  readonly met: readonly number[];
  readonly refused: readonly string[];
  /** The packet that went in circles without an end, and how many of the scene's were not judged because of it. */
  readonly storm?: { readonly says: string; readonly unjudged: number };
  /** Why packets were unknown, and how many. */
  readonly reasons: Readonly<Record<string, number>>;
  /** How the model says that packets are lost, and the inodes of the scene's namespaces: until they were compared. */
  readonly ends?: readonly End[];
  readonly inodes?: Readonly<Record<string, number>>;
  /** How many packets were lost for a reason of the model's and one of the kernel's. */
  readonly ended?: Readonly<Record<string, number>>;
};

/** What a worker tells of a job. */
export type Report = {
  readonly job: Job;
  readonly scenes: readonly SceneReport[];
  /** Why there is no verdict. */
  readonly error?: string;
  /** Why there was none when it was first played. */
  readonly first?: string;
  readonly ms: Readonly<Record<string, number>>;
};
