import assert from 'node:assert/strict';
import test from 'node:test';
import { recordedNames, recordedText, USERLANDS } from '#testing/recorded-tools';
import { formats } from './formats.ts';
import { recognise } from './recognise.ts';
import { sections } from './transcript.ts';

/** What the name of a recorded command says that its output is; the first line that fits. */
const EXPECTED: readonly (readonly [RegExp, string | undefined])[] = [
  [/^bridge-.*\bmdb|nexthop|fib_triestat|route-get|-777$/, undefined],
  [/^ip-br-/, 'ip-brief'],
  [/^ip-.*-j-(addr|link)|^ip-j-(addr|link)/, 'ip-link-json'],
  [/^ip-.*(addr|link)/, 'ip-link'],
  [/^ip-(.*-)?j-route/, 'ip-route-json'],
  [/^ip-.*route/, 'ip-route'],
  [/^ip-(.*-)?j-rule/, 'ip-rule-json'],
  [/^ip-.*rule/, 'ip-rule'],
  [/^ip-(.*-)?j-neigh/, 'ip-neigh-json'],
  [/^ip-.*neigh/, 'ip-neigh'],
  [/^bridge-(.*-)?j-fdb/, 'bridge-fdb-json'],
  [/^bridge-.*fdb/, 'bridge-fdb'],
  [/^bridge-(.*-)?j-link/, 'bridge-link-json'],
  [/^bridge-.*link/, 'bridge-link'],
  [/^brctl-show$/, 'brctl-show'],
  [/^brctl-showmacs/, 'brctl-showmacs'],
  [/^brctl-showstp/, 'brctl-showstp'],
  [/^(route-|netstat-rn)/, 'route-table'],
  [/^ifconfig/, 'ifconfig'],
  [/^arp-/, 'arp'],
  [/^cat-proc-net-route$/, 'proc-net-route'],
  [/^cat-proc-net-arp$/, 'proc-net-arp'],
  [/^cat-proc-net-dev$/, 'proc-net-dev'],
  [/^cat-proc-net-if_inet6$/, 'proc-net-if-inet6'],
  [/^cat-proc-net-ipv6_route$/, 'proc-net-ipv6-route'],
  [/^cat-proc-net-fib_trie$/, 'proc-net-fib-trie'],
  [/tables.*-save/, 'iptables-save'],
  [/tables-.*-L\b/, 'iptables-list'],
  [/tables-.*-S\b/, 'iptables-rules'],
  [/nft-j-/, 'nft-ruleset-json'],
  [/nft-/, 'nft-ruleset'],
];

for (const userland of USERLANDS) {
  test(`${userland}: recorded outputs are recognised by their content alone`, () => {
    let recognised = 0;
    for (const name of recordedNames(userland)) {
      const bare = name.replace(/^(pod1|b|c|native|foreign)\./, '');
      const expected = EXPECTED.find(([pattern]) => pattern.test(bare))?.[1];
      const [section] = sections(recordedText(userland, name));
      // an empty list and a tool's error say nothing of their format
      if (expected === undefined || section === undefined || /^(\s|\[\s*\])*$|^\s*brctl: |^\s*RTNETLINK/.test(section.text)) continue;
      assert.equal(recognise(section.text, formats)?.id, expected, name);
      recognised++;
    }
    assert.ok(recognised > 30, `${recognised} recognised`);
  });
}

test('an empty list of JSON is of the form that its command has', () => {
  for (const [said, id] of [
    ['ip -j -6 route show table all', 'ip-route-json'],
    ['ip -j neigh show', 'ip-neigh-json'],
    ['bridge -j link show', 'bridge-link-json'],
    ['ip -j link show type vxlan', 'ip-link-json'],
  ] as const)
    for (const text of ['[]\n', '[ ]\n']) {
      const format = recognise(text, formats, said);
      assert.equal(format?.id, id, said);
      const read = format?.parse({
        file: 'x',
        scope: { node: 'A', netns: '' },
        argv: said.split(' '),
        exit: 0,
        look: 1,
        text,
        clock: undefined,
      });
      assert.deepEqual(read?.problems, [], said);
    }
});

test('a number behind the prompt of `cat /proc/sys/…` is that setting', () => {
  const text = 'root@a:~# cat /proc/sys/net/ipv4/ip_forward\n0\nroot@a:~# sudo cat /proc/sys/net/netfilter/nf_conntrack_max\n262144\n';
  const read = sections(text).map((section) => {
    const format = recognise(section.text, formats, section.argv.join(' '));
    const input = { file: 'x', scope: { node: 'A', netns: '' }, look: 1, clock: undefined, ...section };
    return format?.parse(input).readings[0]?.facts;
  });
  assert.deepEqual(read, [
    [{ name: 'net.ipv4.ip_forward', value: '0', origin: { file: 'x', line: 1 } }],
    [{ name: 'net.netfilter.nf_conntrack_max', value: '262144', origin: { file: 'x', line: 1 } }],
  ]);
});
