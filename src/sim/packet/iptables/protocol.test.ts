import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import type { Packet } from '../packet.ts';
import { FRESH } from '../state.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const [from, to] = [healthy.pod('B'), healthy.pod('A')];

/** Whether a rule of FORWARD with this match rejects a packet of that protocol. */
const isMet = (match: string, protocol: Packet['protocol']): boolean =>
  isRejected(healthy.rule(scope, 'filter', `-A FORWARD ${match} -j REJECT`, 0), protocol);

/** The same of a rule of nft. */
const isMetByNft = (match: string, protocol: Packet['protocol']): boolean =>
  isRejected(withNft(healthy, scope, `table inet t {\nchain f {\ntype filter hook forward priority 0;\n${match} reject\n}\n}\n`), protocol);

function isRejected({ facts }: typeof healthy, protocol: Packet['protocol']): boolean {
  const bare = { source: from.address, destination: to.address, protocol, sourcePort: 0, destinationPort: 0 };
  const sent = { from: from.scope, packet: { ...bare, tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0 } };
  const found = exchange(worldOf(facts), sent, FRESH)?.branches ?? [];
  return found[0]?.result.walks[0]?.disposition === 'rejected';
}

test('what tunnels wrap is asked for by number and by the names that lists of protocols have (/etc/protocols)', () => {
  for (const name of ['4', 'ipencap', 'ipv4']) {
    assert.deepEqual([isMet(`-p ${name}`, 'ipip'), isMet(`! -p ${name}`, 'ipip')], [true, false], name);
    assert.equal(isMet(`-p ${name}`, 'gre'), false, name);
  }
  assert.deepEqual([isMet('-p 41', 'ipv6'), isMet('-p ipv6', 'ipv6'), isMet('-p 47', 'gre')], [true, true, true]);
  assert.deepEqual([isMet('-p ipip', 'ipip'), isMet('-p esp', 'gre'), isMet('! -p esp', 'gre')], [false, false, true], 'protocol 94');
});

test('a connection of such a protocol is asked for alike (xt_conntrack.c conntrack_mt)', () => {
  for (const [match, holds] of [
    ['--ctproto 47', true],
    ['! --ctproto 47', false],
    ['--ctproto gre', true],
    ['--ctproto 4', false],
    ['--ctproto 50', false],
    ['! --ctproto 50', true],
  ] as const)
    assert.equal(isMet(`-m conntrack ${match}`, 'gre'), holds, match);
  assert.deepEqual([isMetByNft('ct protocol gre', 'gre'), isMetByNft('ct protocol != gre', 'gre')], [true, false], 'nft_ct_get_eval');
});
