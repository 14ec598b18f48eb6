import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [A, B] = [healthy.node('A').scope, healthy.node('B').scope];
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'udp', port: 53 } as const;
const drawing = healthy.rule(B, 'nat', '-A POSTROUTING -p udp -m udp --dport 53 -j MASQUERADE --random-fully', 0);

const asked = (rule: string, sets = '') => {
  const text = `table ip t {\n${sets}chain forward {\ntype filter hook forward priority 0; policy accept;\n${rule}\n}\n}\n`;
  return trace(worldOf(withNft(drawing, A, text).facts), flow);
};

/** Of the ways that A's rule lets a packet go whose source port B drew out of 1024-65535: whether it is dropped, and how likely. */
const ways = (rule: string, sets = ''): readonly (readonly [boolean, number | null])[] => {
  const { outcomes } = asked(rule, sets);
  return outcomes
    .map(({ reason, probability }) => [reason.code === 'NETFILTER_DROP', probability] as const)
    .toSorted(([one], [other]) => Number(other) - Number(one));
};

const SHARE = 1024 / 64512;
const ANYBODY = '0.0.0.0-255.255.255.255';

/** Linux 6.18: of answers to ports that were drawn out of 1-511, `ip6 saddr . tcp dport @asked` with 30-79 in it dropped some and let others pass. */
test('a port that was drawn is in a set of addresses and ports by as many of its range as are (nf_nat_l4proto_unique_tuple, nft_lookup_eval)', () => {
  const chance = [
    [true, SHARE],
    [false, 1 - SHARE],
  ];
  assert.deepEqual(ways(`ip saddr . udp sport { ${ANYBODY} . 1024-2047 } drop`), chance);
  assert.deepEqual(ways(`ip saddr . udp sport { ${ANYBODY} . 1024-1535, ${ANYBODY} . 1536-2047 } drop`), chance, 'it is in the set');
  assert.deepEqual(ways(`ip saddr . udp sport vmap { ${ANYBODY} . 1024-2047 : drop }`), chance);
  const set = `set s {\ntype ipv4_addr . inet_service\nflags interval\nelements = { ${ANYBODY} . 1024-2047 }\n}\n`;
  assert.deepEqual(ways('ip saddr . udp sport @s drop', set), chance);
});

test('what else is in the key is asked first', () => {
  assert.deepEqual(ways('ip saddr . udp sport { 192.0.2.1 . 1024-2047 } drop'), [[false, 1]]);
  assert.deepEqual(ways(`ip saddr . udp sport { ${ANYBODY} . 53-1023 } drop`), [[false, 1]]);
  assert.deepEqual(ways(`ip saddr . udp sport { ${ANYBODY} . 1-65535 } drop`), [[true, 1]]);
});

test('a hash of a port that was drawn is as even as one of a seed that nobody knows (nft_jhash_eval)', () => {
  assert.deepEqual(ways('jhash ip saddr . udp sport mod 2 seed 0x1 0 drop'), [
    [true, 0.5],
    [false, 0.5],
  ]);
});

test('a drawn port in raw bits is the port, and what is calculated of it is not known (nft_payload_eval)', () => {
  assert.deepEqual(ways('@th,0,16 1024-2047 drop')[0], [true, SHARE]);
  const { outcomes } = asked('udp sport & 0x1 == 0x1 drop');
  assert.deepEqual(
    outcomes.map(({ disposition }) => disposition),
    ['unknown'],
  );
});
