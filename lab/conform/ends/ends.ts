import { isLate } from '../judge/compare.ts';
import { looked } from '../judge/sightings.ts';
import type { Judged, Told } from '../play/ask.ts';
import type { ModelWalk } from '../stage/model.ts';

/** How the model says that a packet, or an answer to it, is thrown away; any one of `said` where nobody saw which it was. */
export type End = {
  readonly conversation: number;
  /** How it is known again: its number, what TCP's numbers say, its look, and when it was on its way. */
  readonly id: number;
  readonly tcp: number;
  readonly look: string;
  readonly during: readonly [since: number, until: number];
  readonly said: readonly { readonly inode: number; readonly netns: string; readonly code: string; readonly says: string }[];
  /** Its sender's kernel refused it: perhaps there never was a packet. */
  readonly isRefused: boolean;
};

/** What was told of a scene, and the inodes of its namespaces. */
type Ended = { readonly told: readonly Told[]; readonly inodes: ReadonlyMap<string, number> };

const LOST: readonly string[] = ['dropped', 'rejected', 'no listener', 'unreachable', 'too big'];

/** The ends of everything that the model says is lost, where it went as the model says. */
export function endsOf({ told, inodes }: Ended): readonly End[] {
  return told.flatMap(({ judged }, conversation) =>
    judged.flatMap((one) =>
      one.is === 'same' && one.matching.length > 0 && one.doubtful.length === 0
        ? looksOf(one).map((look) => endOf(one, look, conversation, inodes))
        : [],
    ),
  );
}

const isLost = ({ walk }: { readonly walk: ModelWalk }): boolean => LOST.includes(walk.disposition) && !isLate(walk);

/** What is lost of a packet and its answers, whichever of its ways it went. */
function looksOf({ matching }: Judged): readonly string[] {
  const lost = new Set(
    matching.flatMap(({ walks }) =>
      looked(walks)
        .filter(isLost)
        .map(({ look }) => look),
    ),
  );
  return [...lost].filter((look) =>
    matching.every(({ walks }) => {
      const own = looked(walks).filter((one) => one.look === look);
      return own.length > 0 && own.every(isLost);
    }),
  );
}

function endOf({ sent, matching }: Judged, look: string, conversation: number, inodes: ReadonlyMap<string, number>): End {
  const walks = matching.flatMap((outcome) => looked(outcome.walks).flatMap((one) => (one.look === look ? [one.walk] : [])));
  return {
    conversation,
    id: sent.id,
    tcp: sent.conversation,
    look,
    during: sent.during,
    said: walks.map(({ at: [netns], code, says }) => ({ inode: inodes.get(netns) ?? 0, netns, code, says })),
    isRefused: sent.refused !== undefined,
  };
}
