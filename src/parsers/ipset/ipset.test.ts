import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, recorded } from '#testing/parse-text';
import ipset from './ipset.ts';

const sets = (text: string) => factsOf(parseText(ipset, text), 'ipset');
const membersOf = (text: string, name: string) =>
  sets(text)
    .find((set) => set.name === name)
    ?.members.map(({ line: _, ...member }) => member);

test('ipset save and ipset list give equal sets', () => {
  const saved = parseText(ipset, recorded('ipset-save'));
  const listed = parseText(ipset, recorded('ipset-list'));
  assert.deepEqual([saved.problems, listed.problems], [[], []]);
  assert.equal(sets(recorded('ipset-save')).length, 10);
  for (const { name, type, family } of sets(recorded('ipset-save'))) {
    const other = sets(recorded('ipset-list')).find((set) => set.name === name);
    assert.deepEqual([other?.type, other?.family], [type, family], name);
    const ordered = (text: string) =>
      membersOf(text, name)
        ?.map((member) => JSON.stringify(member))
        .sort();
    assert.deepEqual(ordered(recorded('ipset-list')), ordered(recorded('ipset-save')), name);
  }
  assert.equal(saved.readings[0]?.covers, true);
});

test('ports keep their protocol, ICMP its type and code; a comment holds any words', () => {
  const ports = membersOf(recorded('ipset-save'), 'ports')?.map(({ parts: [, part] }) =>
    part?.is === 'port' ? `${part.protocol} ${part.from}` : '',
  );
  assert.deepEqual(ports?.sort(), ['gre 0', 'icmp 2048', 'tcp 80', 'udp 53']);
  const all = membersOf(recorded('ipset-save'), 'nets')?.find(({ parts: [part] }) => part?.is === 'net' && part.value === '10.0.0.0/8');
  assert.deepEqual([all?.nomatch, all?.timeoutSeconds], [false, 0]);
});

test('what is not understood is a problem with its line, and the set says so', () => {
  const text = 'create one hash:ip family inet\nadd one 192.0.2.1\nadd one moon\nadd two 192.0.2.1\n';
  const parsed = parseText(ipset, text);
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [3, 4],
  );
  assert.match(sets(text)[0]?.problem ?? '', /moon/);
  assert.deepEqual(parsed.readings[0]?.covers, []);
  assert.match(parseText(ipset, '<ipsets>\n<ipset name="a">\n').problems[0]?.why ?? '', /XML/);
});
