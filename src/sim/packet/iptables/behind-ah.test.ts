import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import { ruleOf } from '#testing/built/rule-text';
import type { Packet } from '../packet.ts';
import { partsOf } from './compile.ts';
import type { Context } from './context.ts';

const AH = { source: ip`2001:db8::1`, destination: ip`2001:db8::2`, protocol: 'ah', tcp: null, icmp: null } as const;

/** What a rule answers of a packet, `?` where that is not known. */
function answer(match: string, backend: Context['backend'], packet: Partial<Packet> = AH): boolean | '?' {
  const context = { packet, backend, stack: { scope: 'x' } } as unknown as Context;
  const answers = partsOf(ruleOf(`-A INPUT ${match} -j ACCEPT`, { file: 'x', line: 1 })).map((part) => part(context));
  return answers.includes(false) ? false : answers.every((one) => one === true) ? true : '?';
}

/**
 * Linux 6.18, by hand: of four packets of AH, around UDP and once around ESP, ip6tables-legacy counted none by `-p ah`, all by `! -p ah`, and
 * three by `-p udp --dport 53`; ip6tables-nft all by `-p ah`, none by `-p udp` or `-p esp`.
 */
test('AH of IPv6 hides itself from ip6_tables, which goes by what stands behind it (ip6_packet_match, ipv6_find_hdr)', () => {
  const legacy = (match: string) => answer(match, 'legacy');
  assert.deepEqual([legacy('-p ah'), legacy('! -p 51'), legacy('-p udp'), legacy('! -p udp')], [false, true, '?', '?']);
  assert.deepEqual([legacy('-p udp -m udp --dport 53'), legacy('-p tcp -m tcp --syn')], ['?', '?']);
  assert.equal(legacy('-s 2001:db8::7/128 -p udp'), false, 'another source');
  assert.deepEqual([legacy('-m ah'), legacy('')], [true, true]);
});

test('nft stops at AH (nft_set_pktinfo_ipv6), and AH of IPv4 hides nothing (ip_packet_match)', () => {
  const nft = (match: string) => answer(match, 'nft');
  assert.deepEqual([nft('-p ah'), nft('! -p ah'), nft('-p udp'), nft('-p udp -m udp --dport 53')], [true, false, false, false]);
  assert.deepEqual([answer('-p ah', undefined), answer('-p udp', undefined)], ['?', '?'], 'a dump that does not tell whose it is');
  const old = { ...AH, source: ip`10.0.0.1`, destination: ip`10.0.0.2` } as const;
  assert.deepEqual([answer('-p ah', 'legacy', old), answer('-p udp', 'legacy', old)], [true, false]);
});

/** Linux 6.18, by hand: sending such a piece failed with EPERM behind `ip6tables-legacy -t raw -A OUTPUT ! -p udp`, but not behind `-o eth9 -p udp`; one of UDP went out. */
test('a later piece of AH is dropped by any -p of ip6_tables that is asked about it (ip6_packet_match, hotdrop)', () => {
  const dropped = (match: string, backend: Context['backend'], more: Partial<Packet> = {}) => {
    const packet = { ...AH, fragment: { offset: 16, more: false }, ...more };
    const context = { packet, backend, out: { name: 'eth0' }, stack: { scope: 'x' } } as unknown as Context;
    for (const part of partsOf(ruleOf(`-A OUTPUT ${match} -j ACCEPT`, { file: 'x', line: 1 }))) part(context);
    return typeof context.hotdrop === 'object' ? '?' : context.hotdrop === true;
  };
  assert.deepEqual([dropped('! -p udp', 'legacy'), dropped('-p ah', 'legacy'), dropped('-p ah', undefined)], [true, true, '?']);
  assert.deepEqual([dropped('-o eth9 -p udp', 'legacy'), dropped('-p udp', 'nft'), dropped('', 'legacy')], [false, false, false]);
  assert.equal(dropped('! -p udp', 'legacy', { protocol: 'udp' }), false);
});
