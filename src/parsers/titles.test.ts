import assert from 'node:assert/strict';
import test from 'node:test';
import { sections } from './transcript.ts';

const told = (text: string): readonly string[] =>
  sections(text).map(({ argv, host, text: output }) =>
    [...(host === undefined ? [] : [`${host}:`]), ...argv, '|', output.trim()].join(' '),
  );

test('a title between two outputs ends the one above, and names the command of the one below', () => {
  const [routes, rules] = ['default via 192.0.2.1 dev eth0', '0:\tfrom all lookup local'];
  for (const title of [
    '===== ip rule =====',
    '=== ip rule ===',
    '== ip rule',
    '====ip rule====',
    '--- ip rule ---',
    '-------- ip rule --------',
    '-- ip rule --',
    '### ip rule',
    '## ip rule ##',
    '#### ip rule ####',
    '*** ip rule ***',
    '+++ ip rule +++',
    '>>> ip rule <<<',
    '>>> ip rule',
    '--- ip rule:',
    '===== $ ip rule =====',
    '### command: ip rule',
    '=== output of ip rule ===',
  ])
    assert.deepEqual(told(`${routes}\n${title}\n${rules}\n`), [`| ${routes}`, `ip rule | ${rules}`], title);
  assert.deepEqual(told(`### ip route\n${routes}\n### ip rule\n${rules}\n`), [`ip route | ${routes}`, `ip rule | ${rules}`]);
  assert.equal(sections(`=== ip route ===\n${routes}\n\n=== ip rule ===\n${rules}\n`)[1]?.line, 5);
});

test('a title without a command ends the output above, too', () => {
  for (const title of ['== routes ==', '===== 路由 =====', '--- policy rules ---', '==> /tmp/rules.txt <==', '*** rules ***'])
    assert.deepEqual(told(`first\n${title}\nsecond\n`), ['| first', '| second'], title);
  assert.deepEqual(told('### routes\nfirst\n### notes of mine\nsecond\n'), ['| first', '| second']);
  // an empty output under a title may be a command that is not there
  assert.deepEqual(told('== iptables-save ==\n\n== ip rule ==\nsecond\n'), ['ip rule | second']);
});

test('a title speaks from the host that it names, or from where it was printed', () => {
  assert.deepEqual(told('== node D ==\nfirst\n== ip rule ==\nsecond\n== node E ==\nthird\n'), [
    'D: | first',
    'D: ip rule | second',
    'E: | third',
  ]);
  assert.deepEqual(told('=== D: ip rule ===\nfirst\n=== [E] ip rule ===\nsecond\n'), ['D: ip rule | first', 'E: ip rule | second']);
  assert.deepEqual(told('[root@D ~]# sh all.sh\n== ip rule ==\nfirst\n'), ['D: sh all.sh | ', 'D: ip rule | first']);
  assert.deepEqual(
    told('[root@D ~]# kubectl exec web -- sh all.sh\n== ip rule ==\nfirst\n').at(-1),
    'D: kubectl exec web -- ip rule | first',
  );
});

test('lines of outputs and comments of files are no titles', () => {
  for (const line of [
    '--- 10.0.0.1 ping statistics ---',
    '--- host ping statistics ---',
    '---',
    '--- a/src/route.ts',
    '----------',
    '-----BEGIN CERTIFICATE-----',
    '---[ end trace 0000000000000000 ]---',
    '-- Journal begins at Sat 2026-11-21 19:08:54 UTC, ends at Sat 2026-11-21 19:08:56 UTC. --',
    '--2026-11-21 18:52:34--  http://web.test/',
    "** server can't find nosuch.test: NXDOMAIN",
    "*** Can't find web.test: No answer",
    '## host entries',
    '### ip forwarding is needed',
    '### Functions of the network',
    '--timeout value',
    '>> more',
    '+ added: true',
  ])
    assert.equal(sections(`127.0.0.1 localhost\n${line}\n::1 localhost\n`).length, 1, line);
  assert.equal(sections('### Hosts\n127.0.0.1 localhost\n### Others\n::1 localhost\n').length, 1);
});

test('what stands behind a shell sign is no part of the output above, whatever was run', () => {
  for (const typed of ['$ calicoctl get nodes', '$ echo "== routes =="', '+ echo next', '$ ls /etc/cni'])
    assert.equal(told(`$ ip route\nfirst\n${typed}\nsecond\n`).length, 2, typed);
  assert.equal(sections('$ ip route\nfirst\n$ 5 is no command\n').length, 1);
});
