import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawScene } from './draw-scene.ts';
import type { Packet } from './packet.ts';
import { registry } from './registry.ts';
import type { Scene } from './scene.ts';

const [SCENES, PACKETS] = [12, 370];
const all = await registry();
const drawn = (area: 'ipvs' | 'modules'): readonly Scene[] =>
  Array.from({ length: SCENES }, (_, at) => drawScene(all, area, `test.${at}`, PACKETS));

const linesOf = ({ rules }: Scene): readonly string[] => rules.flatMap((rule) => (rule.form === 'line' ? [rule.run] : []));
const packetsOf = ({ conversations }: Scene): readonly Packet[] =>
  conversations.flatMap(({ steps }) => steps.flatMap((step) => (step.does === 'send' ? [step.packet] : [])));

test('every scene of IPVS has a virtual server, and packets that are for one', () => {
  for (const scene of drawn('ipvs')) {
    assert.ok(linesOf(scene).some((run) => run.startsWith('ipvsadm -A ')));
    const places = linesOf(scene).flatMap((run) => /^ipvsadm -A -[tu] \[?([^\]]+?)\]?:(\d+) /.exec(run)?.slice(1, 3).join(' ') ?? []);
    const met = packetsOf(scene).filter(({ destination, dport }) => places.includes(`${destination} ${dport}`));
    assert.ok(places.length === 0 || met.length > 0, scene.seed);
  }
});

test('a real server is told of by how it is sent to, a virtual one by how it chooses where it has two', () => {
  const METHODS: Readonly<Record<string, string>> = { '-m': 'ipvs/masquerade', '-g': 'ipvs/route', '-i': 'ipvs/tunnel' };
  const told = drawn('ipvs').flatMap(({ rules }) => {
    const lines = rules.flatMap((rule) => (rule.form === 'line' && /^ipvsadm -[Aa] -[tu] /.test(rule.run) ? [rule] : []));
    return lines.map(({ run, by }, at) => ({ run, by, servers: lines.slice(at + 1).findIndex((next) => next.run.includes(' -A ')) }));
  });
  assert.ok(told.some(({ run }) => run.includes(' -a ')));
  for (const { run, by, servers } of told) {
    const scheduler = / -s (\w+)/.exec(run)?.[1];
    if (scheduler === undefined) assert.deepEqual(by, [METHODS[/ (-[mgi]) /.exec(run)?.[1] ?? '']], run);
    else if (servers >= 0) assert.equal(by.includes(`ipvs/${scheduler}`), servers === 2, run);
  }
});

test('below a queue that lets packets past stands a rule that would drop them, below others none: without the queue they would go on', () => {
  const texts = drawn('modules').flatMap(({ rules }) => rules.flatMap((rule) => (rule.form === 'nft' ? [rule.text] : [])));
  const queues = texts.filter((text) => text.includes(' counter queue '));
  assert.ok(queues.length > 0);
  for (const text of queues) {
    const [rule = '', to = ''] = text.split(' counter queue ');
    const isPast = /^flags bypass/.test(to) && /to 9/.test(to);
    const same = queues.filter((other) => other.startsWith(`${rule} counter`));
    if (same.length === 1) assert.equal(texts.includes(`${rule} counter drop`), isPast, text);
  }
});

test('an end is asked to pass nothing on to a queue', () => {
  for (const { rules, layout } of drawn('modules')) {
    const ends = layout.namespaces.filter(({ role }) => role === 'end').map(({ name }) => name);
    const tables = new Set(rules.flatMap((rule) => (rule.form === 'nft' && rule.text.includes(' counter queue ') ? [tableOf(rule)] : [])));
    const heads = rules.filter((rule) => rule.form === 'nft' && rule.text.includes(' hook forward ') && tables.has(tableOf(rule)));
    assert.deepEqual(
      heads.filter((rule) => ends.includes(rule.in)),
      [],
    );
  }
});

const tableOf = (rule: { readonly in: string; readonly text: string }): string => [rule.in, ...rule.text.split(' ').slice(2, 4)].join(' ');
