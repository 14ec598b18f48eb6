import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, withoutOrigin } from '#testing/parse-text';
import host from '../host/host.ts';
import ipNetns from '../ip-netns/ip-netns.ts';
import osRelease from '../os-release/os-release.ts';
import uname from '../uname/uname.ts';
import namespaces from './namespaces.ts';

test("the collector's table of namespaces is read with the pods in it", () => {
  const text = `# leadline namespaces
netns . inode 4026531840 nsid - name - pids 1,2
netns web inode 4026532200 nsid 3 name web pids 44
netns 4026532300 inode 4026532300 nsid 0 name - pids -
pod 4026532300 kube-system coredns-1 0f-uid
pod 77 x y -
`;
  const parsed = parseText(namespaces, text, { exit: 0 });
  const [root, web, pod] = factsOf(parsed, 'namespace').map(withoutOrigin);
  assert.deepEqual(root, { id: '', inode: 4026531840, name: null, nsid: null, pids: [1, 2], pod: undefined });
  assert.equal(web?.name, 'web');
  assert.equal(web?.nsid, 3);
  assert.deepEqual(pod?.pod, { namespace: 'kube-system', name: 'coredns-1', uid: '0f-uid' });
  assert.deepEqual(pod?.pids, []);
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [6],
  );
});

test('ip netns list tells names and numbers, no inodes', () => {
  const facts = factsOf(parseText(ipNetns, 'pf1 (id: 0)\nweb\n'), 'namespace');
  assert.deepEqual(
    facts.map(({ id, nsid, inode }) => [id, nsid, inode]),
    [
      ['pf1', 0, undefined],
      ['web', undefined, undefined],
    ],
  );
});

test('each source of the machine tells its own part', () => {
  const text = '# leadline host\nhostname n1\nkernel 6.1.0-49-amd64\nboot-id 5f-1\nos Debian GNU/Linux 12 (bookworm)\n';
  const [whole] = factsOf(parseText(host, text), 'host').map(withoutOrigin);
  assert.deepEqual(whole, {
    hostname: 'n1',
    kernel: '6.1.0-49-amd64',
    machineId: undefined,
    bootId: '5f-1',
    os: 'Debian GNU/Linux 12 (bookworm)',
  });
  const [own] = factsOf(parseText(uname, 'Linux n1 6.1.0-49-amd64 #1 SMP Debian x86_64 GNU/Linux\n'), 'host');
  assert.deepEqual([own?.hostname, own?.kernel, own?.os], ['n1', '6.1.0-49-amd64', undefined]);
  const [os] = factsOf(parseText(osRelease, 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'), 'host');
  assert.deepEqual([os?.hostname, os?.os], [undefined, 'Debian GNU/Linux 12 (bookworm)']);
});
