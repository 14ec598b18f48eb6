import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded, USERLANDS } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import ipLinkJson from '../ip-link-json/ip-link-json.ts';
import brctlShow from './brctl-show.ts';

for (const userland of USERLANDS.filter((one) => one !== 'busybox')) {
  // busybox 1.35 has no `brctl show` without a bridge
  test(`${userland}: brctl show and ip link tell the same of bridges and ports`, () => {
    const parsed = parseRecorded(brctlShow, userland, 'brctl-show');
    assert.deepEqual(parsed.problems, []);
    const links = byKey(parsed, 'link', ({ name }) => name);
    assert.equal(links.get('veth7c1e9a20')?.master, 'cni0');
    assert.equal(links.get('br-trunk')?.bridge?.stp, true);
    const full = parseRecorded(ipLinkJson, userland, 'ip-d-j-link-show');
    assertSameFacts('link', parsed, full, { among: ({ name }) => links.has(name) });
  });
}

test('lines that are no bridges are problems', () => {
  assert.equal(parseText(brctlShow, 'bridge name\tbridge id\t\tSTP enabled\tinterfaces\nhello\n').problems.length, 1);
});
