import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onNode } from '#snapshot/scope';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { factLines } from './facts-json.ts';

const healthy = cluster();
const MAP = ['10.96.0.1 . tcp . 443 : goto a', '10.96.0.10 . udp . 53 : goto b'];
const CHAINS = ['chain a { tcp dport 443 accept; counter drop; }', 'chain b { udp dport 53 accept; }'];

/** kube-proxy's table as it would be listed: `map` and `chains` in this order. */
function steady(map: readonly string[], chains: readonly string[]): string {
  const set = `map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; elements = { ${map.join(', ')} } }`;
  const text = `table ip kube-proxy { ${[set, ...chains].join('\n')} }`.replaceAll(/([{};])/g, '$1\n').replaceAll(/^ +/gm, '');
  return JSON.stringify(factLines(withNft(healthy, onNode('A'), laidOut(text)).facts, true));
}

/** One statement a line, as nft lists them. */
const laidOut = (text: string): string =>
  text
    .replaceAll(/elements = \{\n([^}]*)\}\n/g, 'elements = { $1 }\n')
    .replaceAll(/;\n/g, '\n')
    .replaceAll(/\n+/g, '\n');

test('a hash lists its elements as it likes, and chains stand as they were made: steady facts are the same', () => {
  assert.equal(steady(MAP.toReversed(), CHAINS.toReversed()), steady(MAP, CHAINS));
});

test("the order of a chain's rules is no such thing", () => {
  const swapped = ['chain a { counter drop; tcp dport 443 accept; }', ...CHAINS.slice(1)];
  assert.notEqual(steady(MAP, swapped), steady(MAP, CHAINS));
});
