import assert from 'node:assert/strict';
import test from 'node:test';
import type { Entry, Snapshot } from '#snapshot/snapshot';
import { ParseMemo } from './parse-memo.ts';
import { readFacts } from './read.ts';
import { reread } from './reread.ts';

/** A snapshot made by hand: a node's rules of both families and its settings. */
const texts: Readonly<Record<string, string>> = {
  'nodes/A/iptables-save': '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -s 10.0.0.0/8 -j DROP\nCOMMIT\n',
  'nodes/A/ip6tables-save': '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -s fd00::/8 -j DROP\nCOMMIT\n',
  'nodes/A/sysctl_-a': 'net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 0\n',
};
const scope = { node: 'A', netns: '' };
const entries = Object.keys(texts).map(
  (file): Entry => ({ file, scope, argv: [file.slice(8).replace('_', ' ')], exit: 0, look: 1, started: 0, ended: 0, parts: [] }),
);
const snapshot: Snapshot = {
  index: { format: 'leadline-snapshot', version: 1, tool: { name: 'leadline', version: '0' }, clocks: [], entries, gaps: [] },
  text: ({ file }) => texts[file] ?? '',
};

test('what other texts tell stands in the place of what was read, beside all that none of them touches', () => {
  const { facts } = readFacts(snapshot);
  const other = texts['nodes/A/iptables-save']?.replace(' -j DROP', '') ?? '';
  const after = reread(facts, snapshot, new Map([['nodes/A/iptables-save', other]]), new ParseMemo());
  const rules = (of: typeof facts) =>
    of
      .partition('iptables', scope)
      ?.facts.map(({ family, chains }) => [family, chains.flatMap((one) => one.rules.map(({ text }) => text))])
      .sort();
  assert.deepEqual(rules(facts), [
    [4, ['-A FORWARD -s 10.0.0.0/8 -j DROP']],
    [6, ['-A FORWARD -s fd00::/8 -j DROP']],
  ]);
  assert.deepEqual(rules(after), [
    [4, ['-A FORWARD -s 10.0.0.0/8']],
    [6, ['-A FORWARD -s fd00::/8 -j DROP']],
  ]);
  assert.equal(after.partition('sysctl', scope), facts.partition('sysctl', scope));
});
