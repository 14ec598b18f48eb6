import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { parseRecorded } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import ipLinkJson from '../ip-link-json/ip-link-json.ts';
import ipBrief from './ip-brief.ts';

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const) {
  test(`${userland}: ip -br and ip -j tell the same`, () => {
    const links = parseRecorded(ipBrief, userland, 'ip-br-link-show');
    const addresses = parseRecorded(ipBrief, userland, 'ip-br-addr-show');
    assert.deepEqual([links.problems, addresses.problems], [[], []]);
    const volatile = { except: ['operState', 'carrier'] };
    assertSameFacts('link', links, parseRecorded(ipLinkJson, userland, 'ip-j-link-show'), volatile);
    assertSameFacts('address', addresses, parseRecorded(ipLinkJson, userland, 'ip-j-addr-show'));
  });
}

test('what -br leaves out of its JSON is not told', () => {
  // recorded: ip -br -j addr, iproute2 6.1.0
  const text = '[{"link_index":2,"ifname":"eth0","operstate":"UP","addr_info":[{"local":"192.0.2.7","prefixlen":24}]}]';
  const parsed = parseText(ipLinkJson, text);
  const [link, address] = parsed.readings.map(({ facts }) => facts[0] as unknown as Record<string, unknown>);
  assert.deepEqual([link?.master, link?.up, address?.scope, address?.secondary], [undefined, undefined, undefined, undefined]);
});

test('lines that are no devices are problems', () => {
  assert.equal(parseText(ipBrief, 'hello\n').problems.length, 1);
});
