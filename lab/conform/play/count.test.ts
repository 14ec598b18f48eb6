import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelWalk } from '../stage/model.ts';
import { miscounted, noiseIn } from './count.ts';

type ModelWalks = readonly Pick<ModelWalk, 'counted' | 'mayCount' | 'disposition' | 'after'>[];

const RULE = 'nodes/lab/iptables-save:9';
const walkOf = (count: number, after = 0): ModelWalks[number] => ({
  counted: Array.from({ length: count }, () => RULE),
  mayCount: [],
  disposition: 'dropped',
  after,
});
const times = (count: number): { readonly walks: ModelWalks } => ({ walks: [walkOf(count)] });

const KNOWN = { skipped: 0, spoken: { sent: [] } };

type Ways = readonly ReturnType<typeof times>[];

/** Whether the kernel may have counted one rule so often, where this was told. */
const mayCount = (
  told: Parameters<typeof miscounted>[0],
  kernel: number,
  {
    rule = RULE,
    before = 0,
    textOf = (): string => '-A OUTPUT -j U1',
  }: { rule?: string; before?: number; textOf?: (rule: string) => string } = {},
): boolean => miscounted(told, new Map([[rule, before]]), new Map([[rule, before + kernel]]), () => 0, textOf).length === 0;

/** The same where a packet took one of these ways. */
const fits = (kernel: number, ways: Ways): boolean =>
  mayCount([{ ...KNOWN, judged: [{ outcome: ways[0], matching: ways, doubtful: [] }] }], kernel, { before: 5 });

/** The same where a way counts it `taken` times or one of others. */
const isRight = (kernel: number, taken: number, ...others: readonly number[]): boolean => fits(kernel, [taken, ...others].map(times));

test('a rule counts as often as one of the ways that nobody saw, however often that is', () => {
  assert.deepEqual([isRight(0, 3, 0), isRight(3, 0, 3), isRight(3, 3, 0)], [true, true, true]);
  assert.deepEqual([isRight(4, 0, 3), isRight(2, 3, 3), isRight(3, 3)], [false, false, true]);
});

test('what one of the ways may have counted is as free as what it did', () => {
  const may = { walks: [{ ...walkOf(1), mayCount: [RULE, RULE] }] };
  const one = { ...KNOWN, judged: [{ outcome: times(0), matching: [times(0), may], doubtful: [] }] };
  const free = (kernel: number): boolean => mayCount([one], kernel);
  assert.deepEqual([free(0), free(3), free(4)], [true, true, false]);
});

test('what may count a packet that goes in circles may count it in each round, which the model leaves out', () => {
  const loops = (disposition: string) => [{ walks: [{ ...walkOf(0), mayCount: [RULE], disposition }] }];
  assert.deepEqual([fits(60, loops('looped')), fits(260, loops('looped')), fits(2, loops('dropped'))], [true, false, false]);
});

/** Seed h1, scene others:h1.947+aim: firewalld's rules, loaded twice, lead each packet sixteen times through PRE_allow-host-ipv6. */
test('a packet of which nothing is known counts as often as others where it comes by', () => {
  const [rule, next] = ['nodes/lab/netns/r/iptables-save:9', 'nodes/lab/netns/r/iptables-save:10'];
  const known = { ...KNOWN, judged: [{ outcome: { walks: [{ ...walkOf(0), counted: [next, next, next] }] }, matching: [], doubtful: [] }] };
  const blind = { skipped: 1, spoken: { sent: [{ seen: [{ in: 'r' }] }] }, judged: [] };
  const right = (kernel: number, chain: string) =>
    mayCount([known, blind], kernel, { rule, textOf: (one) => `[0:0] -A ${one === rule ? chain : 'U1'}` });
  assert.deepEqual([right(12, 'U1'), right(13, 'U1'), right(4, 'U2'), right(5, 'U2')], [true, false, true, false]);
});

test('what may have ended where the model does not know need not have come as far as what it knows', () => {
  const one = { ...KNOWN, judged: [{ outcome: times(1), matching: [times(1)], doubtful: [times(0)] }] };
  const right = (kernel: number) => mayCount([one], kernel);
  assert.deepEqual([right(0), right(1), right(3)], [true, true, false]);
});

test('what is told after seconds may have counted already or not, whichever of the ways it was', () => {
  const rejected = times(2);
  const waiting = { walks: [walkOf(1), walkOf(1, 3000)] };
  assert.deepEqual([fits(1, [rejected, waiting]), fits(2, [rejected, waiting]), fits(0, [rejected, waiting])], [true, true, false]);
  assert.deepEqual([fits(1, [waiting]), fits(2, [waiting]), fits(0, [waiting])], [true, true, false]);
});

test('a packet of which nothing is known counts some times, or as often as it was seen going in circles there', () => {
  const rule = 'nodes/lab/netns/r/iptables-save:9';
  const seen = (times: number) => [...Array.from({ length: times }, () => ({ in: 'r' })), { in: 'a' }];
  const right = (kernel: number, times: number) => {
    const blind = { skipped: 1, spoken: { sent: [{ seen: seen(40) }, undefined, { seen: seen(times) }] }, judged: [] };
    return mayCount([blind], kernel, { rule });
  };
  assert.deepEqual([right(4, 1), right(5, 1), right(20, 20), right(21, 20)], [true, false, true, false]);
});

/** Seed f12, scene nat:f12.14+talk+aim@1: 51 packets behind `-m string` took of the twenty that `-m limit --limit-burst 20` lets through. */
test('tokens that a packet took of which nothing is known, another did not get', () => {
  const [limit, behind] = ['nodes/lab/netns/r/iptables-save:9', 'nodes/lab/netns/r/iptables-save:12'];
  const one = { ...KNOWN, judged: [{ outcome: { walks: [{ ...walkOf(0), counted: [behind] }] }, matching: [], doubtful: [] }] };
  const blind = { skipped: 1, spoken: { sent: [{ seen: [{ in: 'r' }] }] }, judged: [] };
  const right = (text: string, ...others: readonly (typeof blind)[]) =>
    miscounted(
      [one, ...others],
      new Map([
        [limit, 0],
        [behind, 0],
      ]),
      new Map(),
      () => 0,
      (rule) => (rule === limit ? text : '-A U1'),
    ).length === 0;
  assert.deepEqual(
    [
      right('-A INPUT -m limit --limit 2/hour -j U1', blind),
      right('-A INPUT -m limit --limit 2/hour -j U1'),
      right('-A INPUT -j U1', blind),
    ],
    [true, false, false],
  );
});

/** Seed hs4, scene nft:hs4.41+talk+aim: `iifname "r1" counter` at a device's ingress counted who asked for 10.1.0.9. */
test('ARP is counted by nft at a device, and by no iptables', () => {
  const noise = noiseIn({ others: new Map([['r', 2]]), frames: new Map([['r', 3]]) }, 'r');
  assert.deepEqual(['nodes/lab/netns/r/nft_-a_list_ruleset:70', 'nodes/lab/netns/r/iptables-save_-c:9'].map(noise), [5, 2]);
});
