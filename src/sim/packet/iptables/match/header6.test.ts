import assert from 'node:assert/strict';
import test from 'node:test';
import type { Packet } from '../../packet.ts';
import { type Answer, type Context, Options } from '../context.ts';
import { MATCHES } from './matches.ts';

type Option = { readonly name: string; readonly values: readonly string[]; readonly not: boolean };

const option = (name: string, values: readonly string[] = [], not = false): Option => ({ name, values, not });

/** What a match answers of a packet; `?` where that is not known. */
function answer(name: string, options: readonly Option[], packet: Partial<Packet>): boolean | '?' {
  const test = MATCHES.get(name)?.(new Options(options), { rule: {}, place: 0 } as never);
  assert.ok(test !== undefined, name);
  const found: Answer = test({ packet: { icmp: null, tcp: null, ...packet }, stack: { scope: 'x' } } as unknown as Context);
  return typeof found === 'boolean' ? found : '?';
}

const FIRST = { fragment: { offset: 0, more: true } };
const LATER = { fragment: { offset: 1480, more: false } };

/** Linux 6.18, by hand: one packet of ESP and one of AH, by either family, counted by `-m esp` and by `-m ah --ahspi 5`. */
test('a packet of IPsec has its header, whose SPI is not known (esp_mt, ah_mt, ah_mt6)', () => {
  assert.deepEqual(
    (['esp', 'ah', 'udp'] as const).map((protocol) => answer('esp', [], { protocol })),
    [true, false, false],
  );
  assert.equal(answer('esp', [], { protocol: 'esp', ...LATER }), false);
  assert.equal(answer('esp', [option('espspi', ['5'])], { protocol: 'esp' }), '?');
  assert.equal(answer('ah', [option('ahspi', ['5'])], { protocol: 'ah' }), '?');
  assert.equal(answer('ah', [option('ahspi', ['5'])], { protocol: 'esp' }), false);
});

/** Linux 6.18, by hand: counted are UDP by `prot`, ESP by `esp` alone, both pieces of a packet by `frag,prot` and by nothing less, and UDP by no soft `frag,prot`. */
test('which headers a packet of IPv6 has (ipv6header_mt6)', () => {
  const has = (names: string, packet: Partial<Packet>, soft = false, not = false) =>
    answer('ipv6header', [option('header', [names], not), ...(soft ? [option('soft')] : [])], packet);
  const udp = { protocol: 'udp' } as const;
  assert.deepEqual([has('prot', udp), has('protocol', udp), has('frag', udp)], [true, true, false]);
  assert.deepEqual([has('esp', { protocol: 'esp' }), has('protocol', { protocol: 'esp' })], [true, false]);
  for (const piece of [FIRST, LATER])
    assert.deepEqual([has('ipv6-frag,protocol', { ...udp, ...piece }), has('frag', { ...udp, ...piece })], [true, false]);
  assert.deepEqual([has('frag,prot', udp, true), has('prot', { ...udp, ...FIRST }, true)], [false, true]);
  assert.deepEqual([has('frag,prot', udp, true, true), has('frag,esp', udp, true, true)], [false, true]);
});

/** Linux 6.18, by hand: of pieces full of `x` both forms of `ecn` read bits, and one full of zeros was dropped by `tcpmss`, whatever the rule's target. */
test('what is asked of a later piece as if it began with a header of TCP is not known (xt_ecn.c match_tcp, tcpmss_mt)', () => {
  const later = { protocol: 'tcp', tcp: { syn: true, ack: false, rst: false, fin: false }, ...LATER } as const;
  for (const [name, asked] of [
    ['ecn', option('ecn-tcp-ece')],
    ['ecn', option('ecn-tcp-cwr', [], true)],
    ['tcpmss', option('mss', ['1:9'])],
  ] as const) {
    assert.equal(answer(name, [asked], later), '?', name);
    assert.notEqual(answer(name, [asked], { ...later, ...FIRST, tcp: { ...later.tcp, mss: 1460 } }), '?', name);
  }
});
