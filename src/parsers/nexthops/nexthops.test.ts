import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import nexthops from './nexthops.ts';

// iproute2 6.1.0: `ip -d nexthop show`
const TEXT = `id 1 via 10.1.0.77 dev br0 scope link proto unspec
id 3 scope global blackhole proto unspec
id 13 group 1,2/2 scope global proto unspec
id 14 via fd00::5 dev br0 scope link proto unspec
id 16 group 1/2 type resilient buckets 32 idle_timer 120 unbalanced_timer 0 unbalanced_time 0 scope global proto unspec
`;
// iproute2 6.1.0: `ip -d -j nexthop show`
const JSON_TEXT =
  '[{"id":1,"gateway":"10.1.0.77","dev":"br0","scope":"link","protocol":"unspec","flags":[]},{"id":3,"scope":"global","blackhole":null,"protocol":"unspec","flags":[]},{"id":13,"group":[{"id":1,"weight":2},{"id":2}],"scope":"global","protocol":"unspec","flags":[]},{"id":14,"gateway":"fd00::5","dev":"br0","scope":"link","protocol":"unspec","flags":[]},{"id":16,"group":[{"id":1},{"id":2}],"type":"resilient","resilient_args":{"buckets":32,"idle_timer":120,"unbalanced_timer":0,"unbalanced_time":0},"scope":"global","protocol":"unspec","flags":[]}]';

const bare = (text: string) => (parseText(nexthops, text).readings[0]?.facts ?? []).map((fact) => ({ ...fact, origin: undefined }));

test('text and JSON of next hop objects tell the same', () => {
  assert.equal(bare(TEXT).length, 5);
  assert.deepEqual(bare(TEXT), bare(JSON_TEXT));
  assert.deepEqual(parseText(nexthops, 'nonsense\n').problems.length, 1);
});
