import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import bridgeLink from '../bridge-link/bridge-link.ts';
import ipLinkJson from '../ip-link-json/ip-link-json.ts';
import bridgeLinkJson from './bridge-link-json.ts';

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const) {
  for (const [text, json] of [
    ['bridge-link-show', 'bridge-j-link-show'],
    ['bridge-d-link-show', 'bridge-d-s-j-link-show'],
  ] as const) {
    test(`${userland}: text and JSON tell the same: ${text}`, () => {
      const [one, other] = [parseRecorded(bridgeLink, userland, text), parseRecorded(bridgeLinkJson, userland, json)];
      assert.deepEqual([one.problems, other.problems], [[], []]);
      assertSameFacts('link', one, other, { except: ['port.state'] });
    });
  }
  test(`${userland}: bridge link and ip link tell the same of a port`, () => {
    const ports = parseRecorded(bridgeLinkJson, userland, 'bridge-d-s-j-link-show');
    const names = new Set(byKey(ports, 'link', ({ name }) => name).keys());
    assertSameFacts('link', ports, parseRecorded(ipLinkJson, userland, 'ip-d-j-link-show'), {
      among: ({ name }) => names.has(name),
      except: ['port.state'],
    });
  });
}

test('what is no list of ports is a problem, not a throw', () => {
  assert.equal(parseText(bridgeLinkJson, '[1]').problems.length, 1);
  assert.equal(parseText(bridgeLink, 'hello\n').problems.length, 1);
});
