import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded, USERLANDS } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import arp from '../arp/arp.ts';
import ipNeigh from '../ip-neigh/ip-neigh.ts';
import procNetArp from './proc-net-arp.ts';

/** Entries that do not come and go while the world is recorded. */
const LASTING = /^(10\.244\.[23]\.0|10\.244\.1\.250|192\.168\.56\.3[1357])$/;

for (const userland of USERLANDS) {
  test(`${userland}: /proc/net/arp, arp and ip neigh tell the same`, () => {
    const parsed = parseRecorded(procNetArp, 'debian-12', 'cat-proc-net-arp');
    assert.deepEqual(parsed.problems, []);
    const among = {
      among: ({ address, proxy }: { address: string; proxy?: boolean | undefined }) => proxy !== true && LASTING.test(address),
    };
    assertSameFacts('neighbour', parsed, parseRecorded(ipNeigh, userland, 'ip-neigh-show'), among);
    assertSameFacts('neighbour', parsed, parseRecorded(arp, userland, 'arp-an'), among);
    assertSameFacts('neighbour', parsed, parseRecorded(arp, userland, 'arp-n'), among);
  });
}

test('only permanent is told of the states', () => {
  const entries = byKey(parseRecorded(procNetArp, 'debian-12', 'cat-proc-net-arp'), 'neighbour', ({ address }) => address);
  assert.equal(entries.get('10.244.2.0' as never)?.state, 'permanent');
  assert.equal(entries.get('192.168.56.31' as never)?.state, undefined);
  assert.equal(entries.get('192.168.56.36' as never)?.mac, null);
  assert.equal(entries.get('192.168.56.99' as never)?.proxy, true);
});

test('lines that are no entries are problems', () => {
  assert.equal(parseText(procNetArp, 'hello\n').problems.length, 1);
});
