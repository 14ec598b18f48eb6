import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import { recordedNames, recordedText } from '#testing/recorded-tools';
import { formats } from '../formats.ts';
import { sections } from '../transcript.ts';
import { recognise } from '../recognise.ts';
import wireguard from './wireguard.ts';

const GUEST = 'guest/debian-12';
const PARTS = ['public-key', 'listen-port', 'fwmark', 'endpoints', 'allowed-ips', 'latest-handshakes'];
const KEY = /[A-Za-z0-9+/]{43}=/g;

/** The parts behind each other with their headings, as the collector writes them. */
const whole = PARTS.map((part) => {
  const [section] = sections(recordedText(GUEST, `wg-show-all-${part}`));
  return `# wg show all ${part}\n${section?.text ?? ''}`;
}).join('\n');

const parsed = (text: string, argv: readonly string[] = ['wg', 'show', 'all']) => {
  const told = parseText(wireguard, text, { argv });
  return { facts: factsOf(told, 'wireguard'), problems: told.problems };
};

test('devices with two peers, none, and one that is reached by IPv6 are read out of what wg prints', () => {
  const { facts, problems } = parsed(whole);
  assert.deepEqual(problems, []);
  const [one, other] = facts[0]?.peers ?? [];
  assert.deepEqual(
    facts.map(({ dev, port, mark, peers }) => [dev, port, mark, peers.length]),
    [
      ['wg0', 51820, 0x1000, 2],
      ['wg1', 0, 0, 0],
      ['wg2', 0, 0, 1],
    ],
  );
  assert.match(facts[0]?.publicKey ?? '', KEY);
  assert.equal(facts[1]?.publicKey, undefined);
  assert.deepEqual(
    [one?.endpoint, one?.allowed, one?.handshake],
    [{ address: '192.0.2.7', port: 51820 }, ['10.244.1.0/24', '2001:db8:1::/64'], 0],
  );
  assert.deepEqual([other?.endpoint, other?.allowed], [null, []]);
  assert.deepEqual(facts[2]?.peers[0]?.endpoint, { address: '2001:db8::7', port: 51821 });
});

test('a device that wg names without ending the line stands before the next one', () => {
  const { facts } = parsed(recordedText(GUEST, 'wg-show-all-endpoints').split('\n').slice(3).join('\n'), [
    'wg',
    'show',
    'all',
    'endpoints',
  ]);
  assert.deepEqual(
    facts.map(({ dev, peers }) => [dev, peers.length]),
    [
      ['wg0', 2],
      ['wg1', 0],
      ['wg2', 1],
    ],
  );
});

test('the whole is recognised by its headings; nothing of a kept line shows a key', () => {
  assert.equal(recognise(whole, formats)?.id, 'wireguard');
  const { problems } = parsed(`# wg show all nonsense\nwg0\t${'a'.repeat(43)}=\n`);
  assert.equal(problems.length, 1);
  assert.doesNotMatch(problems[0]?.why ?? '', KEY);
});

test('no recording holds a private key', () => {
  const names = recordedNames(GUEST).filter((name) => name.startsWith('wg-'));
  assert.ok(names.length >= PARTS.length);
  const told = new Set(
    PARTS.filter((part) => part !== 'public-key').flatMap((part) => recordedText(GUEST, `wg-show-all-${part}`).match(KEY) ?? []),
  );
  const own: readonly string[] = recordedText(GUEST, 'wg-show-all-public-key').match(KEY) ?? [];
  for (const name of names) {
    for (const key of recordedText(GUEST, name).match(KEY) ?? []) assert.ok(told.has(key) || own.includes(key), `${name} ${key}`);
  }
});
