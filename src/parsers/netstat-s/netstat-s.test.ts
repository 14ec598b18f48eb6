import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, recorded } from '#testing/parse-text';
import nstat from '../nstat/nstat.ts';
import netstatS from './netstat-s.ts';

test('netstat -s tells what nstat tells, in words', () => {
  const numbers = new Map(factsOf(parseText(nstat, recorded('nstat')), 'counter').map((fact) => [fact.name, fact.value]));
  const parsed = parseText(netstatS, recorded('netstat-s'));
  assert.deepEqual(parsed.problems, []);
  const facts = factsOf(parsed, 'counter');
  assert.ok(facts.length > 30);
  for (const { name, value } of facts) {
    if (!/6|CurrEstab/.test(name)) assert.equal(value, numbers.get(name), name);
  }
  assert.equal(facts.find(({ name }) => name === 'TcpExtTCPTimeouts')?.value, numbers.get('TcpExtTCPTimeouts'));
  assert.equal(facts.find(({ name }) => name === 'IcmpOutDestUnreachs')?.value, 3);
});

test('IPv6 counters have their own names', () => {
  const parsed = parseText(netstatS, recorded('netstat-s6'));
  assert.deepEqual(parsed.problems, []);
  const names = factsOf(parsed, 'counter').map(({ name }) => name);
  assert.ok(names.includes('Ip6InReceives') && names.includes('Icmp6OutMsgs'));
  assert.ok(!names.some((name) => name.startsWith('Ip6Ip6')));
});

test('the words of CentOS 7 are known, others are problems', () => {
  // net-tools 2.0, lines from public reports
  const parsed = parseText(netstatS, 'Tcp:\n    12 active connections openings\n    7 segments retransmited\n    3 wonders seen\n');
  assert.deepEqual(
    factsOf(parsed, 'counter').map(({ name, value }) => [name, value]),
    [
      ['TcpActiveOpens', 12],
      ['TcpRetransSegs', 7],
    ],
  );
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [4],
  );
});
