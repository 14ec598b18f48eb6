import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import bridgeFdb from '../bridge-fdb/bridge-fdb.ts';
import bridgeFdbJson from './bridge-fdb-json.ts';

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const) {
  for (const [text, json] of [
    ['bridge-fdb-show', 'bridge-d-s-j-fdb-show'],
    ['bridge-d-fdb-show', 'bridge-j-fdb-show'],
    ['bridge-s-fdb-show', 'bridge-j-fdb-show'],
  ] as const) {
    test(`${userland}: text and JSON tell the same: ${text}`, () => {
      const [one, other] = [parseRecorded(bridgeFdb, userland, text), parseRecorded(bridgeFdbJson, userland, json)];
      assert.deepEqual([one.problems, other.problems], [[], []]);
      assertSameFacts('fdb', one, other, { except: ['state'] }); // learned entries age while they are recorded
    });
  }
}

test('an entry of a VXLAN device and one of a bridge are told apart', () => {
  const entries = byKey(parseRecorded(bridgeFdbJson, 'debian-12', 'bridge-j-fdb-show'), 'fdb', ({ dev, mac }) => `${dev} ${mac}`);
  const far = entries.get('flannel.1 3e:fa:4c:7e:35:e8');
  assert.deepEqual([far?.dst, far?.self, far?.master, far?.state, far?.local], ['192.168.56.12', true, null, 'permanent', false]);
  const own = entries.get('cni0 0a:58:0a:f4:01:01');
  assert.deepEqual([own?.master, own?.local, own?.self], ['cni0', true, false]);
  const other = entries.get('vxlan7 02:00:00:00:07:01');
  assert.deepEqual([other?.port, other?.vni, other?.via], [8472, 9, 'eth0']);
});

test('what is no list of entries is a problem, not a throw', () => {
  assert.equal(parseText(bridgeFdbJson, '[{"mac":"x","ifname":"y"},null]').problems.length, 2);
});

test('the rows of one device do not name it: the command does, or the problem says how to', () => {
  // recorded: bridge -j fdb show dev flannel.1, iproute2 6.1.0
  const text = `[{"mac":"02:de:ad:00:41:2b","dst":"192.168.1.13","flags":["self"],"state":"permanent"}]`;
  assert.ok(bridgeFdbJson.recognise(text) > 0.5);
  const asked = parseText(bridgeFdbJson, text, { argv: 'bridge -j fdb show dev flannel.1'.split(' ') });
  assert.deepEqual([byKey(asked, 'fdb', ({ mac }) => mac).get('02:de:ad:00:41:2b')?.dev, asked.problems], ['flannel.1', []]);
  assert.match(parseText(bridgeFdbJson, text).problems[0]?.why ?? '', /^of which device\? put `# bridge fdb show dev NAME`/);
});
