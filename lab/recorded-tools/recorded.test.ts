import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { userlands } from '../userlands/list.ts';

/** Besides the userlands' own, what the recorders of parts keep. */
const folders = [
  ...userlands.map(({ name }) => name),
  ...['11', '12', '13'].flatMap((version) => [`clients/debian-${version}`, `units/debian-${version}`]),
  'kubectl',
  'guest/debian-12',
];

const files = folders.flatMap((name) => {
  const folder = join(import.meta.dirname, name);
  return readdirSync(folder).map((file) => ({ file: `${name}/${file}`, text: readFileSync(join(folder, file), 'utf8') }));
});

const recorded = (file: string): string => files.find((one) => one.file === file)?.text ?? '';

test('every recorded output begins with its command, version and place', () => {
  assert.ok(files.length > 1500, `${files.length} files`);
  for (const { file, text } of files) assert.match(text, /^# command: \S.*\n# version: \S.*\n# place: \S.*; exit -?\d+\n/, file);
});

test('no output was cut off by the recorder', () => {
  assert.deepEqual(
    files.filter(({ text }) => /^# place: .*; exit -/m.test(text)).map(({ file }) => file),
    [],
  );
});

test('the world holds what a parser must know', () => {
  const debian = 'debian-12';
  const states = ['ESTAB', 'LISTEN', 'SYN-SENT', 'SYN-RECV', 'FIN-WAIT-1', 'FIN-WAIT-2', 'LAST-ACK', 'CLOSING', 'TIME-WAIT'];
  for (const state of states) assert.ok(recorded(`${debian}/ss-tanpieo.txt`).includes(state), state);
  assert.ok(recorded(`${debian}/pod1.ss-tanpieo.txt`).includes('CLOSE-WAIT'));
  const neighbours = ['REACHABLE', 'STALE', 'DELAY', 'PROBE', 'INCOMPLETE', 'FAILED', 'PERMANENT', 'NOARP'];
  for (const state of neighbours) assert.ok(recorded(`${debian}/ip-neigh-show-nud-all.txt`).includes(state), state);
  const routes = ['unreachable', 'blackhole', 'prohibit', 'throw', 'nexthop', 'onlink', 'mtu lock', 'table 100', 'via inet6'];
  for (const word of routes) assert.ok(recorded(`${debian}/ip-route-show-table-all.txt`).includes(word), word);
  for (const word of ['UNREPLIED', 'ASSURED', 'dst=10.96.31.62', 'icmp'])
    assert.ok(recorded(`${debian}/conntrack-L.txt`).includes(word), word);
});

test('all recordings together stay small', () => {
  const packets = join(import.meta.dirname, 'packets');
  const bytes = files.reduce((sum, { text }) => sum + text.length, 0);
  const captured = readdirSync(packets).reduce((sum, file) => sum + statSync(join(packets, file)).size, 0);
  assert.ok(bytes + captured < 4_000_000, `${bytes + captured} bytes`);
});
