import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, recorded, withoutOrigin } from '#testing/parse-text';
import conntrack from './conntrack.ts';

const entries = (name: string) => factsOf(parseText(conntrack, recorded(name)), 'conntrack').map(withoutOrigin);

test('conntrack -L, its extended forms and /proc/net/nf_conntrack give equal entries', () => {
  const plain = entries('conntrack-L');
  assert.equal(plain.length, 8);
  for (const form of ['conntrack-ext', 'conntrack-id', 'nf_conntrack']) {
    const parsed = parseText(conntrack, recorded(form));
    assert.deepEqual(parsed.problems, []);
    assert.deepEqual(entries(form), plain, form);
  }
});

test('a translated connection shows both directions', () => {
  const dnat = entries('conntrack-L').find(({ original }) => original.destination === '10.96.0.1');
  assert.equal(dnat?.protocol, 'tcp');
  assert.equal(dnat?.original.destinationPort, 80);
  assert.equal(dnat?.reply.source, '10.9.0.1');
  assert.equal(dnat?.reply.sourcePort, 8080);
  assert.equal(dnat?.zone, null);
  assert.equal(dnat?.mark, 0);
});

test('ICMP keeps type, code and id, and has no state', () => {
  const ping = entries('conntrack-L').find(({ protocol, unreplied }) => protocol === 'icmp' && unreplied);
  assert.deepEqual(ping?.original.icmp?.type, 8);
  assert.equal(ping?.state, null);
  assert.equal(ping?.original.sourcePort, null);
});

test('an old kernel without marks does not tell them; broken lines are problems', () => {
  const text =
    'udp 17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=53 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 sport=53 dport=1 zone=3\ntcp 6 x\nudp 17 1 src=1.2.3 dst=10.0.0.1\n';
  const parsed = parseText(conntrack, text);
  const [entry] = factsOf(parsed, 'conntrack');
  assert.equal(entry?.mark, undefined);
  assert.equal(entry?.zone, 3);
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [2, 3],
  );
});

test('the summary that stderr put into a row is taken out again', () => {
  const row = 'udp      17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=53 src=10.0.0.2 dst=10.0.0.1 sport=53 dport=1 mark=0 use=1';
  const text = `${row.slice(0, 50)}conntrack v1.4.7 (conntrack-tools): 1 flow entries have been shown.\n${row.slice(50)}\n`;
  const parsed = parseText(conntrack, text);
  assert.deepEqual([parsed.problems, factsOf(parsed, 'conntrack').length], [[], 1]);
  assert.deepEqual(parseText(conntrack, `${row}\nrubbish\n`).readings[0]?.covers, []);
});

test('an entry that a flowtable has taken tells it, in place of a time limit and of TCP’s state', () => {
  // hand-made after print_status and print_timeout of conntrack-tools 1.4.7
  const text = `udp      17 src=10.1.0.2 dst=10.2.0.2 sport=20001 dport=53 src=10.2.0.2 dst=10.1.0.2 sport=53 dport=20001 [OFFLOAD] mark=0 use=2
tcp      6 src=10.1.0.2 dst=10.2.0.2 sport=20002 dport=80 src=10.2.0.2 dst=10.1.0.2 sport=80 dport=20002 [HW_OFFLOAD] mark=0 use=3
udp      17 29 src=10.1.0.2 dst=10.2.0.2 sport=20003 dport=53 [UNREPLIED] src=10.2.0.2 dst=10.1.0.2 sport=53 dport=20003 mark=0 use=1
`;
  const told = factsOf(parseText(conntrack, text), 'conntrack').map(({ offloaded, timeoutSeconds, state }) => [
    offloaded,
    timeoutSeconds,
    state,
  ]);
  assert.deepEqual(told, [
    [true, null, null],
    [true, null, null],
    [undefined, 29, null],
  ]);
});
