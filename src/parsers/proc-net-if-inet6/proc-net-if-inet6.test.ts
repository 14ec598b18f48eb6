import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import ipLinkJson from '../ip-link-json/ip-link-json.ts';
import procNetIfInet6 from './proc-net-if-inet6.ts';

for (const userland of ['debian-12'] as const) {
  test(`${userland}: /proc/net/if_inet6 and ip addr tell the same`, () => {
    const parsed = parseRecorded(procNetIfInet6, 'debian-12', 'cat-proc-net-if_inet6');
    assert.deepEqual(parsed.problems, []);
    const shown = new Set(byKey(parsed, 'address', ({ dev, address }) => `${dev} ${address}`).keys());
    const among = ({ dev, address }: { dev: string; address: string }) => address.includes(':') && shown.has(`${dev} ${address}`);
    assertSameFacts('address', parsed, parseRecorded(ipLinkJson, userland, 'ip-d-j-addr-show'), { among });
  });
}

test('lines that are no addresses are problems', () => {
  assert.equal(parseText(procNetIfInet6, 'hello\n').problems.length, 1);
});
