import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf } from '#facts/kinds';
import { parseText } from '#testing/parse-text';
import { parseRecorded } from '#testing/recorded-tools';
import type { Parsed } from '../format.ts';
import iptablesSave from '../iptables-save/iptables-save.ts';
import iptablesList from './iptables-list.ts';

const tablesOf = (parsed: Parsed) => parsed.readings.flatMap(({ facts }) => facts as readonly FactOf<'iptables'>[]);

type Rule = FactOf<'iptables'>['chains'][number]['rules'][number];

/** What a rule does, without its place, its words and its counters. */
const meaning = ({ origin: _, text: _text, counters: _counters, problem: _problem, ...rest }: Rule) => rest;

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const) {
  for (const [prefix, save] of [
    ['iptables', 'iptables-save-c'],
    ['b.iptables-legacy', 'b.iptables-legacy-save-c'],
  ] as const) {
    for (const table of ['filter', 'nat', 'mangle', 'raw'] as const) {
      const name = `${prefix}-t-${table}-L-n-v-line-numbers`;
      test(`${userland}: where ${name} is understood, it says what iptables-save says`, () => {
        const listed = tablesOf(parseRecorded(iptablesList, userland, name))[0];
        const saved = tablesOf(parseRecorded(iptablesSave, userland, save)).find((one) => one.table === table);
        assert.equal(listed?.table, table);
        let understood = 0;
        for (const chain of listed?.chains ?? []) {
          const twin = saved?.chains.find((one) => one.name === chain.name);
          assert.deepEqual([chain.policy, chain.rules.length], [twin?.policy, twin?.rules.length], chain.name);
          for (const [at, rule] of chain.rules.entries()) {
            if (rule.problem !== null) continue;
            assert.deepEqual(meaning(rule), meaning(twin?.rules[at] as Rule), rule.text);
            understood++;
          }
        }
        assert.ok(understood >= { filter: 12, nat: 8, mangle: 1, raw: 1 }[table], `${understood} rules understood`);
      });
    }
  }
}

test('what a list does not tell is a problem of the rule, and the rule keeps its place', () => {
  const parsed = parseRecorded(iptablesList, 'debian-12', 'iptables-t-nat-L-n');
  const rules = tablesOf(parsed)[0]?.chains.flatMap((chain) => chain.rules) ?? [];
  assert.ok(rules.length > 20 && rules.every(({ problem }) => problem !== null));
  const odd = parseText(iptablesList, 'Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination\nhello\n');
  assert.deepEqual(tablesOf(odd)[0]?.chains[0]?.rules[0]?.text, 'hello');
  assert.deepEqual(
    odd.problems.map(({ line }) => line),
    [3],
  );
});

test('shortened counters are not told, and a chain that was asked for is a part', () => {
  // hand-made after iptables 1.4.21
  const text = `Chain FORWARD (policy DROP 12K packets, 3M bytes)
 pkts bytes target     prot opt in     out     source               destination
 1234 5678K ACCEPT     tcp  --  cni0   !eth0   10.244.0.0/16       !192.0.2.0/24         tcp dpt:80
    3   180            all  --  *      *       0.0.0.0/0            0.0.0.0/0
`;
  const parsed = parseText(iptablesList, text, { argv: ['iptables', '-nvL', 'FORWARD'] });
  const chain = tablesOf(parsed)[0]?.chains[0];
  assert.deepEqual([chain?.policy, chain?.counters, chain?.rules[0]?.counters], ['DROP', undefined, undefined]);
  assert.deepEqual(
    [chain?.rules[0]?.in, chain?.rules[0]?.out],
    [
      { value: 'cni0', not: false },
      { value: 'eth0', not: true },
    ],
  );
  assert.deepEqual(chain?.rules[0]?.destination, { value: '192.0.2.0/24', not: true });
  assert.deepEqual([chain?.rules[1]?.target, chain?.rules[1]?.counters], [null, { packets: 3, bytes: 180 }]);
  assert.deepEqual(parsed.readings[0]?.covers, []);
});
