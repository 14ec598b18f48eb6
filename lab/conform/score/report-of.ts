import type { Scene } from '../draw/scene.ts';
import type { Played } from '../play/play.ts';
import { endsOf } from '../ends/ends.ts';
import { explain } from './explained.ts';
import type { Covered, Disagreement, SceneReport } from '../job.ts';
import { isUnknown } from '../judge/compare.ts';
import { type Told, unknownIn } from '../play/ask.ts';

/** What a scene's play is worth: counts, shares, coverage, and what was not agreed on. */
export function reportOf(played: Played): SceneReport {
  const { scene, told, refused, storm } = played;
  const packets = told.reduce((sum, { judged, skipped }) => sum + judged.length + Math.max(0, skipped - 1), 0);
  const all = told.flatMap(({ judged }) => judged);
  const { left, explained } = explain(disagreementsOf(played));
  const share = (has: boolean): number => (has ? packets : 0);
  return {
    area: scene.area,
    seed: scene.seed,
    packets,
    unknown: told.reduce((sum, one) => sum + unknownIn(one), 0),
    explained,
    disagreements: left,
    shares: {
      ipv6: all.filter(({ sent }) => sent.packet.source.includes(':')).length,
      iptablesNft: share(scene.rules.some((rule) => rule.form === 'iptables' && rule.backend === 'nft')),
      nativeNft: share(scene.rules.some((rule) => rule.form === 'nft')),
      conversations: told.reduce((sum, { judged, skipped }) => sum + (judged.length + skipped >= 3 ? judged.length : 0), 0),
    },
    covered: coverageOf(played),
    met: scene.rules.flatMap((rule, at) => (played.met.has(rule) ? [at] : [])),
    refused: refused.map(({ rule, says }) => `${rule.in}: ${'text' in rule ? rule.text : rule.run}: ${says}`),
    reasons: reasonsOf(told),
    ...(storm === undefined ? {} : { storm: { says: storm.says, unjudged: stepsOf(scene) - packets } }),
    ...(played.inodes.size === 0 ? {} : { ends: endsOf(played), inodes: Object.fromEntries(played.inodes) }),
  };
}

const stepsOf = ({ conversations }: Scene): number => conversations.reduce((sum, { steps }) => sum + steps.length, 0);

function disagreementsOf({ told, miscounted, disconnected, suspect, storm }: Played): readonly Disagreement[] {
  const packets = told.flatMap(({ judged }, conversation) =>
    judged
      .filter(({ is }) => is === 'other')
      .map(({ sent, differs, outcome }): Disagreement => {
        const last = outcome?.walks.at(-1);
        return {
          of: 'packet',
          conversation,
          says: `${JSON.stringify(sent.packet)}: ${differs.join('; ')}${last === undefined ? '' : ` [model: ${last.code} ${last.says}]`}`,
        };
      }),
  );
  const counters = miscounted.map(
    ({ rule, text, kernel, model }): Disagreement => ({
      of: 'counter',
      ...(suspect === undefined ? {} : { conversation: suspect }),
      says: `${rule} ${text}: the kernel counted ${kernel}, the model ${model}`,
    }),
  );
  const nobodys: readonly Disagreement[] =
    storm === undefined || storm.id !== undefined ? [] : [{ of: 'packet', says: `without an end went ${storm.says}` }];
  return [
    ...packets,
    ...nobodys,
    ...counters,
    ...disconnected.map(
      ({ says, conversation }): Disagreement => ({
        of: 'connection',
        says,
        conversation: conversation < 0 ? (suspect ?? -1) : conversation,
      }),
    ),
  ];
}

/** The reasons of unknown outcomes, without what is different each time. */
function reasonsOf(told: readonly Pick<Told, 'judged' | 'skipped' | 'tooMany' | 'tooLong'>[]): Readonly<Record<string, number>> {
  const reasons = new Map<string, number>();
  const many = told.filter(({ tooMany }) => tooMany === true).length;
  if (many > 0) reasons.set('more may have come than is followed', many);
  const late = told.reduce((sum, { tooLong, skipped }) => sum + (tooLong === true ? skipped : 0), 0);
  if (late > 0) reasons.set('to ask about all in order took too long', late);
  for (const { is, answer } of told.flatMap(({ judged }) => judged)) {
    if (is !== 'unknown' || 'error' in answer) continue;
    const says =
      answer.outcomes.find(isUnknown)?.walks.find(({ disposition }) => disposition === 'unknown' || disposition === 'left the model')
        ?.says ??
      answer.doubts?.[0] ??
      'a choice of unknown probability';
    const plain = says.replaceAll(/nodes\/\S+?:\d+/g, 'FILE').replaceAll(/s\d+[a-z]\w*/g, 'NS');
    reasons.set(plain, (reasons.get(plain) ?? 0) + 1);
  }
  return Object.fromEntries(reasons);
}

/** How much each construct was tried. */
function coverageOf({ told, lines, facts, decided }: Played): Readonly<Record<string, Covered>> {
  const all = told.flatMap(({ judged }) => judged);
  const [hits, cites, doubts] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const count = (map: Map<string, number>, places: ReadonlySet<string>): void => {
    for (const at of places) map.set(at, (map.get(at) ?? 0) + 1);
  };
  for (const { outcome, answer, is } of all) {
    count(hits, new Set(outcome?.walks.flatMap(({ counted }) => counted)));
    count(cites, new Set(outcome?.walks.flatMap(({ cites: own = [] }) => own)));
    if (is !== 'unknown' || 'error' in answer) continue;
    count(doubts, new Set(answer.outcomes.flatMap(({ walks }) => walks.flatMap(({ says }) => says.match(/nodes\/[^\s:]+:\d+/g) ?? []))));
  }
  const places = [
    ...[...lines].map(([at, rule]) => ({ at, rule, hit: hits.get(at) ?? 0 })),
    ...facts.map(({ at, cited, rule }) => ({ at, rule, hit: cites.get(cited) ?? 0 })),
  ];
  const covered: Record<string, Covered> = {};
  for (const { at, rule, hit } of places) {
    const missed = all.length - hit;
    const counts = hit > 0 && missed > 0 ? (decided.get(at) ?? 0) : 0;
    for (const id of new Set(rule.by)) {
      const before = covered[id] ?? { rules: 0, hit: 0, missed: 0, decided: 0, unknown: 0 };
      covered[id] = {
        rules: before.rules + 1,
        hit: before.hit + hit,
        missed: before.missed + missed,
        decided: before.decided + counts,
        unknown: before.unknown + (doubts.get(at) ?? 0),
      };
    }
  }
  return covered;
}
