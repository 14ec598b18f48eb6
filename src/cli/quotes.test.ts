import assert from 'node:assert/strict';
import test from 'node:test';
import type { Quote } from '#report/quote';
import type { Entry, Snapshot } from '#snapshot/snapshot';
import { quoteFrom } from './quotes.ts';

/** Hand-made after iproute2 6.1. */
const TEXT = `4: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/ether d2:38:c9:3c:20:d7 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535 gso_max_size 65536
    vxlan id 1 local 192.168.1.13 dev ens3 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300
5: eth1: <BROADCAST> mtu 1500 qdisc noop state DOWN
    link/ether 02:00:00:00:00:05 brd ff:ff:ff:ff:ff:ff
`;
const JSON_TEXT = JSON.stringify([
  { ifname: 'flannel.1', mtu: 1450, stats64: { rx: { bytes: 0, packets: 0, otherhost: 7 }, tx: { bytes: 84, packets: 1, errors: 0 } } },
]);

/** Quotes out of two files: `text` and `json`. */
function quotes(): Quote {
  const entry = (file: string): Entry => ({ scope: { node: 'D', netns: '' }, file, argv: [], exit: 0, look: 1, parts: [] });
  const snapshot: Pick<Snapshot, 'index' | 'text'> = {
    index: {
      format: 'leadline-snapshot',
      version: 1,
      tool: { name: 'leadline', version: '0' },
      clocks: [],
      gaps: [],
      entries: [entry('text'), entry('json')],
    },
    text: ({ file }) => (file === 'json' ? JSON_TEXT : TEXT),
  };
  return quoteFrom(snapshot);
}

test('a device of several lines is quoted with its address and what it is', () => {
  const whole =
    '4: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 state UNKNOWN link/ether d2:38:c9:3c:20:d7 brd ff:ff:ff:ff:ff:ff vxlan id 1 local 192.168.1.13 dev ens3 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300';
  assert.equal(quotes()({ file: 'text', line: 1 })?.replaceAll(/ +/g, ' '), whole);
  assert.equal(quotes()({ file: 'text', line: 5 })?.trim(), 'link/ether 02:00:00:00:00:05 brd ff:ff:ff:ff:ff:ff');
});

test('counters are quoted with what they have counted', () => {
  assert.equal(quotes()({ file: 'json', path: '[0].stats64' }), '{"rx":{"otherhost":7},"tx":{"bytes":84,"packets":1}}');
  assert.equal(quotes()({ file: 'json', path: '[0]' }), '{"ifname":"flannel.1","mtu":1450}');
  assert.equal(quotes()({ file: 'nothing', line: 1 }), undefined);
});
