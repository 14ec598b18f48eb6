import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import ipset from '#parsers/ipset/ipset';
import { withNft } from '#testing/nft-text';
import { factsOf, parseText } from '#testing/parse-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { exchange } from './exchange.ts';
import { FRESH } from './state.ts';
import { packetOf } from './trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [A, B] = [healthy.node('A').scope, healthy.node('B').scope];
const [client, server] = [healthy.pod('B'), healthy.pod('A')];

/** What comes of a packet from port 40000, which B masquerades to one of 64,512. */
function sent(built: BuiltCluster) {
  const world = worldOf(built.rule(B, 'nat', '-A POSTROUTING -p udp -m udp --dport 53 -j MASQUERADE --random-fully', 0).facts);
  const packet = packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 53, sport: 40_000 });
  return exchange(world, { from: client.scope, packet }, FRESH)?.branches ?? assert.fail('no such pod');
}

/** How likely A drops it: `null` where that is not known. */
function dropped(built: BuiltCluster): number | null {
  const ends = sent(built).map(({ probability, result }) => [result.walks[0]?.disposition, probability] as const);
  if (ends.some(([disposition, probability]) => disposition === 'unknown' || probability === null)) return null;
  return ends.reduce((sum, [disposition, probability]) => sum + (disposition === 'dropped' ? (probability ?? 0) : 0), 0);
}

const dropping = (match: string): number | null => dropped(healthy.rule(A, 'filter', `-A FORWARD -p udp ${match} -j DROP`, 0));
const [HALF, ALL, NONE] = ['1024:33279', '1024:65535', '1:1023'];

test("a connection's port that was drawn may be any of its range, in either direction of its entry", () => {
  for (const option of ['ctorigsrcport', 'ctrepldstport']) {
    const asked = [HALF, ALL, NONE].map((range) => dropping(`-m conntrack --${option} ${range}`));
    assert.deepEqual(asked, [0.5, 1, 0], option);
  }
  assert.equal(dropping(`-m conntrack ! --ctorigsrcport ${NONE}`), 1);
  assert.equal(dropping('-m conntrack --ctorigdstport 53'), 1);
});

test('of two ports that were asked for each has its share', () => {
  assert.equal(dropping(`-m conntrack --ctorigsrcport ${HALF} --ctrepldstport ${HALF} --ctorigdstport 53`), 0.25);
});

test('an entry as nft reads it has a port that was drawn too', () => {
  const having = (match: string) =>
    dropped(withNft(healthy, A, `table ip t {\nchain c {\ntype filter hook forward priority 0; policy accept;\n${match} drop\n}\n}\n`));
  assert.deepEqual(
    ['1024-33279', '1024-65535', '1-1023'].map((range) => having(`ct original proto-src ${range}`)),
    [0.5, 1, 0],
  );
  assert.equal(having('ct reply proto-dst { 1024-33279 }'), 0.5);
  assert.equal(having('ct reply proto-src 53'), 1);
});

test('whether a set holds a port that was drawn is unknown where it may, and else it does not', () => {
  const having = (...elements: readonly string[]) => {
    const [set] = factsOf(
      parseText(ipset, ['create s hash:ip,port family inet', ...elements.map((one) => `add s ${one}`)].join('\n')),
      'ipset',
    );
    assert.ok(set !== undefined);
    return dropped(healthy.put('ipset', A, set).rule(A, 'filter', '-A FORWARD -p udp -m set --match-set s src,src -j DROP', 0));
  };
  const seen = sent(healthy)[0]?.result.walks[0]?.received.source;
  assert.equal(having(`${seen},udp:40000`), null);
  assert.equal(having(`${seen},udp:53`, `${seen},tcp:40000`, `${server.address},udp:40000`), 0);
});

test('a port that a rule wrote is that one, whatever was drawn before', () => {
  const rules = (port: number) => `udp sport set 99\nudp sport ${port} drop`;
  const having = (port: number) =>
    dropped(withNft(healthy, A, `table ip t {\nchain c {\ntype filter hook forward priority 0; policy accept;\n${rules(port)}\n}\n}\n`));
  assert.deepEqual([having(99), having(40_000)], [1, 0]);
});
