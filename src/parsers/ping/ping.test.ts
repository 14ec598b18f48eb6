import assert from 'node:assert/strict';
import test from 'node:test';
import { headOf } from '#parsers/recognise';
import { factsOf, parseText, recorded } from '#testing/parse-text';
import ping from './ping.ts';

const read = (text: string, argv: readonly string[] = []) => factsOf(parseText(ping, text, { argv }), 'observation');

test('the ways a ping ends are told apart', () => {
  const outcomes = ['ping-ok', 'ping-unreach', 'ping-noroute', 'ping-toolong'].map((name) => read(recorded(name))[0]?.outcome);
  assert.deepEqual(outcomes, ['answered', 'unreachable', 'silent', 'unreachable']);
  const [ok] = read(recorded('ping-ok'));
  assert.deepEqual([ok?.to, ok?.size, ok?.sent, ok?.answered, ok?.df, ok?.from], ['10.9.0.1', 84, 2, 2, undefined, undefined]);
  assert.equal(read(recorded('ping-toolong'), ['ping', '-M', 'do', '-s', '3000', '10.9.0.1'])[0]?.df, true);
});

test('some answers are a mixture', () => {
  // iputils, hand-made after its source
  const text = `PING 10.0.0.9 (10.0.0.9) from 10.0.0.1 eth0: 56(84) bytes of data.
64 bytes from 10.0.0.9: icmp_seq=1 ttl=64 time=0.5 ms

--- 10.0.0.9 ping statistics ---
3 packets transmitted, 1 received, 66.6667% packet loss, time 2001ms
`;
  const [one] = read(text);
  assert.deepEqual([one?.outcome, one?.from, one?.answered], ['mixed', '10.0.0.1', 1]);
});

test('a ping that failed at once is placed by its command line, else it is a problem', () => {
  assert.deepEqual(
    read('ping: connect: Network is unreachable\n', ['ping', '-c', '1', '10.1.1.1']).map(({ to, outcome }) => [to, outcome]),
    [['10.1.1.1', 'unreachable']],
  );
  const parsed = parseText(ping, "ping: bad address 'nosuch.example'\n");
  assert.deepEqual([factsOf(parsed, 'observation').length, parsed.problems.length], [0, 1]);
});

test('busybox counts its 28 bytes of headers', () => {
  const [one] = read(
    'PING 10.244.1.10 (10.244.1.10): 56 data bytes\n64 bytes from 10.244.1.10: seq=0 ttl=64 time=0.1 ms\n\n--- 10.244.1.10 ping statistics ---\n1 packets transmitted, 1 packets received, 0% packet loss\n',
  );
  assert.deepEqual([one?.size, one?.outcome], [84, 'answered']);
});

test('each recorded ping is recognised', () => {
  for (const name of ['ping-ok', 'ping-unreach', 'ping-noroute', 'ping-toolong']) assert.ok(ping.recognise(headOf(recorded(name))) > 0.9);
});
