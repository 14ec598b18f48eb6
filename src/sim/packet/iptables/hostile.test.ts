import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';
import { MATCHES } from './match/matches.ts';
import { TARGETS } from './target/targets.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'tcp', port: 80 } as const;

const OPTIONS = [
  '--dport 80',
  '! --dport 99999',
  '--mark 0x1/0xzz',
  '--ctstate NEW,MOON',
  '--match-set s src,dst,dst,src',
  '--to-destination [::1]:',
  '--to-destination 10.0.0.1-10.0.0.0:9-1/x',
  '--to 10.0.0.0/99',
  '--cluster-total-nodes 0 --cluster-local-node 1 --cluster-hash-seed 0',
  '--probability 2',
  '--every 0 --packet 9',
  '--set-xmark',
  '--set-tos a/b',
  '--tcp-flags SYN',
  '--on-port x',
  '--zone mark',
  '--length 9:1',
  '--src-range 9-1',
];

test('no options make a match or a target throw', () => {
  const words = fc.array(fc.constantFrom(...OPTIONS), { maxLength: 3 });
  const rule = fc.record({
    match: fc.constantFrom(...MATCHES.keys()),
    target: fc.constantFrom(...TARGETS.keys()),
    first: words,
    second: words,
    table: fc.constantFrom('filter', 'nat', 'mangle', 'raw'),
  });
  fc.assert(
    fc.property(rule, ({ match, target, first, second, table }) => {
      const chain = table === 'filter' ? 'FORWARD' : 'PREROUTING';
      const text = `-A ${chain} -m ${match} ${first.join(' ')} -j ${target} ${second.join(' ')}`;
      const { outcomes } = trace(worldOf(healthy.rule(scope, table as 'filter', text, 0).facts), flow);
      assert.ok(outcomes.length > 0, text);
    }),
    { numRuns: 60 },
  );
});
