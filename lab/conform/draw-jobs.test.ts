import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Area, AREAS } from './draw/construct.ts';
import { drawJobs, nameOf, namedJobs } from './draw-jobs.ts';
import { drawScene } from './draw/draw-scene.ts';
import { registry } from './draw/registry.ts';
import type { Job, SceneReport } from './job.ts';
import { behind, short } from './quotas.ts';
import { Score } from './score/score.ts';

/** What would come of a scene: fewer packets than were drawn, in conversations where the seed asks for them. */
function reportOf(one: Job['scenes'][number]): SceneReport {
  const nothing = { unknown: 0, explained: 0, disagreements: [], covered: {}, met: [], refused: [], reasons: {} } as const;
  const shares = { ipv6: 0, iptablesNft: 0, nativeNft: 0, conversations: 0 };
  if ('kept' in one) return { ...nothing, area: one.scene.area, seed: '', kept: one.kept, packets: 10, shares };
  const { area, seed } = one;
  const words = seed.split('+');
  const [packets, has] = [450, (word: string, else_: number): number => (words.includes(word) ? 400 : else_)];
  return {
    ...nothing,
    area,
    seed,
    packets,
    shares: { ipv6: has('ipv6', 60), iptablesNft: has('nft', 60), nativeNft: area === 'nft' ? packets : 0, conversations: has('talk', 40) },
  };
}

function playedOf(packets: number, areas: readonly Area[]): { readonly score: Score; readonly jobs: readonly Job[] } {
  const score = new Score();
  const next = drawJobs({ seed: 't', packets, areas, until: Number.POSITIVE_INFINITY }, score);
  const jobs: Job[] = [];
  for (let job = next(); job !== undefined; job = next()) {
    jobs.push(job);
    score.add({ job, scenes: job.scenes.map(reportOf), ms: {} });
  }
  return { score, jobs };
}

test('a run of everything meets the quotas, and plays as many packets as are wanted', () => {
  for (const packets of [6000, 100_000]) {
    const { score } = playedOf(packets, AREAS);
    assert.deepEqual(short(score), []);
    assert.ok(score.packets >= packets && score.packets < 1.4 * packets + 12_000, `${score.packets} of ${packets}`);
  }
});

test('which worker comes home first changes nothing of what a run of 40,000 packets draws', () => {
  const inOrder = playedOf(40_000, AREAS).jobs;
  const next = drawJobs({ seed: 't', packets: 40_000, areas: AREAS, until: Number.POSITIVE_INFINITY }, new Score());
  assert.deepEqual(
    inOrder.slice(0, 12).map(({ scenes }) => scenes),
    Array.from({ length: 12 }, () => next()?.scenes),
    'nothing has come home',
  );
});

test('a run of 100,000 packets has 200 sets of rules and every area; a larger one larger scenes', () => {
  const scenes = playedOf(100_000, AREAS).jobs.flatMap((job) => job.scenes.flatMap((one) => ('kept' in one ? [] : [one])));
  assert.ok(scenes.length >= 200);
  assert.deepEqual(new Set(scenes.map(({ area }) => area)), new Set(AREAS));
  const { scenes: [large] = [], removals } = playedOf(1_000_000, ['filter']).jobs.at(-1) ?? {};
  assert.equal(large !== undefined && 'packets' in large ? large.packets : 0, 1000);
  // of as many packets as many rules are left out
  assert.equal(removals, 2 * (playedOf(100_000, ['filter']).jobs.at(-1)?.removals ?? 0));
});

test('a run of one area draws what a run of everything draws of it: packets aimed at rules, conversations, rules that change', () => {
  const scenes = playedOf(60_000, ['vxlan']).jobs.flatMap((job) => job.scenes.flatMap((one) => ('kept' in one ? [] : [one])));
  const kinds = scenes.map(({ seed, changes }) => `${seed.replace(/^[^+]*/, '')}${changes === undefined ? '' : '@'}`);
  for (const kind of ['', '+aim', '+talk', '+talk+aim'])
    for (const change of ['', '@']) assert.ok(kinds.includes(`${kind}${change}`), kind + change);
});

test('a drawn scene is played alone by its name, or beside others', () => {
  const drawn = [
    { area: 'nat', seed: 'S.12+talk', packets: 500 },
    { area: 'nft', seed: 'S.3', packets: 1000, changes: 2 },
  ] as const;
  assert.deepEqual(drawn.map(nameOf), ['nat:S.12+talk', 'nft:S.3@2*1000']);
  const next = namedJobs(drawn.map(nameOf), (text) => AREAS.find((area) => area === text) ?? 'filter');
  assert.deepEqual([next()?.scenes, next()?.scenes, next()], [[drawn[0]], [drawn[1]], undefined]);
  const beside = ['nft:S.4@2', 'nft:S.3@2*1000'].join('/');
  assert.deepEqual(namedJobs([beside], () => 'nft')()?.scenes, [{ ...drawn[1], seed: 'S.4', packets: 500 }, drawn[1]]);
  assert.throws(
    namedJobs([drawn.map(nameOf).join('/')], () => 'nft'),
    /rules do not change before the same step: nat:S\.12/,
  );
});

test('what decides too few packets is drawn more often, once enough were played to tell', async () => {
  const [few, many] = [
    { rules: 9, hit: 9, missed: 9, decided: 3, unknown: 0 },
    { rules: 9, hit: 9, missed: 9, decided: 99, unknown: 0 },
  ];
  const covered = new Map(Object.entries({ 'route/rule-user': few, 'route/metric': many, 'filter/ttl': few, 'nft/log': few }));
  assert.deepEqual(behind({ packets: 200_000, covered }, 'route'), ['rule-user']);
  assert.deepEqual(behind({ packets: 200_000, covered }, 'nft'), [], 'what decides nothing by nature is not behind');
  assert.deepEqual(behind({ packets: 20_000, covered }, 'route'), []);
  const hardly = new Map([['route/rule-user', { ...few, decided: 45 }]]);
  const enough = new Map([['route/rule-user', { ...few, decided: 70 }]]);
  assert.deepEqual(
    [hardly, enough].map((own) => behind({ packets: 200_000, covered: own }, 'route')),
    [['rule-user'], []],
  );
  const all = await registry();
  const drawn = (words: string): number =>
    Array.from({ length: 20 }, (_, at) => drawScene(all, 'route', `b.${at}${words}`, 1).rules)
      .flat()
      .filter(({ by }) => by.includes('route/rule-user')).length;
  assert.ok(drawn('~rule-user') > 3 * drawn(''), `${drawn('~rule-user')} and ${drawn('')}`);
});
