import type { IptablesRule } from '#facts/iptables/iptables';
import type { Origin } from '#snapshot/origin';
import { seenBy } from '../conntrack/connection.ts';
import { rulesNoted } from '../notes.ts';
import type { Answer } from './context.ts';
import { copyOf } from './frame.ts';
import type { Verdict } from './verdict.ts';
import { matched, type PartPlace, type Traversal, walked } from './walk.ts';

/** Both ways of a rule are walked so far ahead; what needs more is left to the chooser. */
const STEPS = 2000;
const DEEPEST = 6;

/** A table's end and what it made of the packet. */
type Foreseen = { readonly verdict: Verdict; readonly packet: Traversal['context']['packet']; readonly made: string };

/**
 * Whether both ways of a rule are looked at: where nobody knows which it goes, and where a packet that goes in circles throws dice in each
 * of its rounds. Dice that come to the same would make as many outcomes as all rounds have ways; a limit's leave it other tokens.
 */
export const isForeseen = ({ run }: Traversal, { frame, part }: PartPlace, answer: Exclude<Answer, boolean>): boolean =>
  'gap' in answer || (run.rounds.isLooped && answer.settle === undefined && frame.tests[frame.at - 1]?.[part + 1] === undefined);

/**
 * Whether it matters that nobody knows if a rule matches: both ways are walked to the end of the table. Where they come to the
 * same, the rules that count on one of them oftener than on the other are returned, each as often, else nothing.
 */
export function foreseen(it: Traversal, rule: IptablesRule, depth = 0): readonly Origin[] | undefined {
  if (depth > DEEPEST) return undefined;
  const without = oneWay(it, null, depth);
  const through = without === undefined ? undefined : oneWay(it, rule, depth);
  if (without === undefined || through === undefined || without.made !== through.made) return undefined;
  const ways = [without.verdict, through.verdict] as const;
  const [some, others, ...may] = [...ways.map(({ counted }) => tally(counted)), ...ways.map(({ mayCount }) => tally(mayCount))];
  const known = tally(it.mayCount);
  const met = new Set(ways.flatMap(({ counted, mayCount }) => [...counted, ...mayCount]));
  return [...met].flatMap((origin) => {
    const differs = Math.abs((some?.get(origin) ?? 0) - (others?.get(origin) ?? 0));
    const doubted = Math.max(...may.map((times) => times.get(origin) ?? 0)) - (known.get(origin) ?? 0);
    return Array.from({ length: differs + Math.max(0, doubted) }, () => origin);
  });
}

/** How often each rule stands in a list: a chain that is entered twice counts twice. */
function tally(origins: readonly Origin[]): ReadonlyMap<Origin, number> {
  const times = new Map<Origin, number>();
  for (const origin of origins) times.set(origin, (times.get(origin) ?? 0) + 1);
  return times;
}

/** One way to the end of the table, on copies; the connection is put back as it was. */
function oneWay(it: Traversal, rule: IptablesRule | null, depth: number): Foreseen | undefined {
  const connection = seenBy(it.context.track);
  const { mark = 0, unknownMark } = connection ?? {};
  const notes = it.context.notes?.fork();
  const ahead: Traversal = {
    ...it,
    context: { ...it.context, ...(notes === undefined ? {} : { notes }) },
    frames: it.frames.map(copyOf),
    counted: [...it.counted],
    mayCount: [...it.mayCount],
    by: [...it.by],
    decide: (here, asked, place, answer) => {
      if (!isForeseen(here, place, answer)) return undefined;
      const same = foreseen(here, asked, depth + 1);
      if (same !== undefined) here.mayCount.push(...same);
      return same === undefined ? undefined : false;
    },
  };
  const verdict = (rule === null ? undefined : matched(ahead, rule)) ?? walked(ahead, STEPS);
  const made = verdict === undefined ? '' : madeOf(ahead, verdict);
  if (connection !== null) Object.assign(connection, { mark }, unknownMark === undefined ? {} : { unknownMark });
  return verdict === undefined ? undefined : { verdict, packet: ahead.context.packet, made };
}

/** What distinguishes two ends for all that comes after the table. */
function madeOf({ context: { packet, track, notes, diverted } }: Traversal, verdict: Verdict): string {
  const { mark, tos, ttl, tcp } = packet;
  const ruling =
    verdict.is === 'reject'
      ? verdict.with
      : verdict.is === 'rewrite'
        ? verdict.rewrite
        : verdict.is === 'unknown'
          ? verdict.gap.detail
          : verdict.is === 'looped'
            ? verdict.chains
            : verdict.is === 'unheard'
              ? verdict.says
              : '';
  return JSON.stringify([
    verdict.is,
    ruling,
    mark,
    tos ?? 0,
    ttl,
    tcp?.mss ?? 0,
    tcp?.mssAtMost ?? 0,
    diverted?.socket.inode,
    track?.state,
    track?.zone,
    seenBy(track)?.mark,
    seenBy(track)?.unknownMark,
    notes === undefined ? '' : rulesNoted(notes.after()),
  ]);
}
