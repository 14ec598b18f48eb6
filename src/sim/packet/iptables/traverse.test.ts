import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'tcp' } as const;

const works = (rules: readonly string[], port: number): string | undefined => {
  const built = rules.reduceRight((now, rule) => now.rule(scope, 'filter', rule, 0), healthy);
  return trace(worldOf(built.facts), { ...flow, port }).outcomes[0]?.works;
};

test('a chain that is searched by its index decides as one that is read rule by rule', () => {
  const port = fc.integer({ min: 1, max: 6 });
  const rule = fc.record({ port, exact: fc.boolean(), target: fc.constantFrom('ACCEPT', 'DROP', 'RETURN') });
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 30 }), port, (rules, asked) => {
      const texts = rules.map(
        (one) => `-A FORWARD -p tcp -m tcp --dport ${one.exact ? one.port : `${one.port}:${one.port}`} -j ${one.target}`,
      );
      const first = rules.find((one) => one.port === asked);
      assert.equal(works(texts, asked), first?.target === 'DROP' ? 'no' : 'yes');
    }),
    { numRuns: 40 },
  );
});

test('goto leaves with the chain that it came from, a jump comes back', () => {
  const chains = (verb: string) => [
    '-A FORWARD -j OUTER',
    '-A FORWARD -p tcp -j DROP',
    `-A OUTER ${verb} INNER`,
    '-A OUTER -p tcp -j ACCEPT',
    '-A INNER -p udp -j ACCEPT',
  ];
  assert.equal(works(chains('-j'), 80), 'yes');
  assert.equal(works(chains('-g'), 80), 'no');
});

test('chains that lead in circles, which no kernel loads, end in the circle (mark_source_chains)', () => {
  const ended = (rules: readonly string[]) => {
    const built = rules.reduceRight((now, rule) => now.rule(scope, 'filter', rule, 0), healthy);
    const [outcome] = trace(worldOf(built.facts), { ...flow, port: 80 }).outcomes;
    return [outcome?.disposition, outcome?.reason.says.split(': ').at(-1), outcome?.reason.by.length];
  };
  assert.deepEqual(ended(['-A FORWARD -j LOOP', '-A LOOP -j LOOP']), ['looped', 'LOOP → LOOP', 2]);
  assert.deepEqual(ended(['-A FORWARD -j ONE', '-A ONE -g TWO', '-A TWO -j ONE']), ['looped', 'ONE → TWO → ONE', 3]);
});

test('rules that nobody understands are unknown and nothing worse', () => {
  assert.equal(works(['-A FORWARD -j NOSUCHTARGET'], 80), 'unknown');
  assert.equal(works(['-A FORWARD -p udp -j NOSUCHTARGET'], 80), 'yes');
  assert.equal(works(['-A FORWARD -m conntrack --ctlabel 7 -j DROP'], 80), 'unknown');
});

test('a packet that meets a random rule twice throws its dice twice (statistic_mt)', () => {
  const rules = [
    '-A PREROUTING -j TWICE',
    '-A PREROUTING -j TWICE',
    `-A TWICE -m statistic --mode random ! --probability 0.25 -j RETURN`,
    `-A TWICE -p tcp -j DNAT --to-destination :81`,
  ];
  const built = rules.reduceRight((now, rule) => now.rule(healthy.node('B').scope, 'nat', rule, 0), healthy);
  const { outcomes } = trace(worldOf(built.facts), { ...flow, port: 80 });
  const moved = outcomes
    .filter(({ received }) => received.destinationPort === 81)
    .reduce((sum, { probability }) => sum + (probability ?? 0), 0);
  assert.equal(moved, 1 - 0.75 ** 2);
});

test('DNAT, SNAT and REDIRECT rewrite what they say, and answers come back as they went', () => {
  const nat = (text: string) => healthy.rule(healthy.node('B').scope, 'nat', text, 0);
  const outcome = (text: string, port: number) => trace(worldOf(nat(text).facts), { ...flow, to: ip`10.96.77.7`, port }).outcomes[0];
  const server = healthy.pod('A').address;
  const there = outcome(`-A PREROUTING -d 10.96.77.7/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination ${server}:8080`, 80);
  assert.equal(there?.works, 'yes');
  assert.deepEqual([there?.received.destination, there?.received.destinationPort], [server, 8080]);
  assert.deepEqual([there?.reply?.received.source, there?.reply?.received.sourcePort], ['10.96.77.7', 80]);
  const own = outcome('-A PREROUTING -d 10.96.77.7/32 -p tcp -j REDIRECT --to-ports 9090', 80);
  assert.equal(own?.received.destination, healthy.node('B').gateway);
  assert.equal(own?.received.destinationPort, 9090);
  const masked = trace(worldOf(nat('-A POSTROUTING -d 10.100.54.0/24 -j SNAT --to-source 192.168.1.11').facts), { ...flow, port: 80 })
    .outcomes[0];
  assert.equal(masked?.received.source, '192.168.1.11');
  assert.equal(masked?.works, 'yes');
});

test('the mark that packets before left on a CT template is not known; one that no rule marks has none', () => {
  const asked = (...rules: readonly string[]) => {
    const all = ['-A PREROUTING -j CT --zone 7', ...rules, '-A PREROUTING -m connmark --mark 0x1 -j DROP'];
    const built = all.reduceRight((now, rule) => now.rule(scope, 'raw', rule, 0), healthy);
    return trace(worldOf(built.facts), { ...flow, port: 80 }).outcomes.map((one) => one.probability === null || one.works === 'unknown');
  };
  assert.deepEqual(new Set(asked()), new Set([false]));
  assert.deepEqual(new Set(asked('-A PREROUTING -j CONNMARK --set-xmark 0x1/0x1')), new Set([true]));
});

test('what a rule wrote on a CT template on the packet’s own way is known, bit by bit (connmark_tg_shift)', () => {
  const asked = (match: string, ...rules: readonly string[]) => {
    const all = ['-A PREROUTING -j CT --zone 7', ...rules, `-A PREROUTING ${match} -j DROP`];
    const built = all.reduceRight((now, rule) => now.rule(scope, 'raw', rule, 0), healthy);
    return [...new Set(trace(worldOf(built.facts), { ...flow, port: 80 }).outcomes.map(({ works }) => works))];
  };
  const [whole, low] = ['-A PREROUTING -j CONNMARK --set-xmark 0x1/0xffffffff', '-A PREROUTING -j CONNMARK --set-xmark 0x1/0x1'];
  assert.deepEqual(asked('-m connmark --mark 0x1', whole), ['no']);
  assert.deepEqual(asked('-m connmark --mark 0x2', whole), ['yes']);
  assert.deepEqual(asked('-m connmark --mark 0x1/0x1', low), ['no']);
  assert.deepEqual(asked('-m connmark --mark 0x2', low), ['yes'], 'the last bit is known to be another');
  assert.deepEqual(asked('-m connmark --mark 0x3', low), ['unknown']);
  const [saved, restored] = ['-A PREROUTING -j CONNMARK --save-mark', '-A PREROUTING -j CONNMARK --restore-mark'];
  assert.deepEqual(asked('-m mark --mark 0x1', '-A PREROUTING -j MARK --set-xmark 0x1/0xffffffff', saved, restored), ['no']);
  assert.deepEqual(asked('-m mark --mark 0x1', low, restored), ['unknown']);
  const perhaps = '-A PREROUTING -m u32 --u32 "0=0" -j CONNMARK --set-xmark 0x2/0xffffffff';
  assert.deepEqual(asked('-m connmark --mark 0x1', whole, perhaps), ['unknown'], 'it matters whether that rule matches');
});
