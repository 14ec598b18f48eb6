import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { nodeWorld } from '#cli/node-world';
import { readFacts } from '#parsers/read';
import { CLUSTER } from '#snapshot/scope';
import { snapshotOf } from '../archive/archive.ts';
import { tarOf } from '../archive/tar.ts';
import { gather, type Pile } from './gather.ts';
import { type Imported, importPiles } from './import.ts';

// Hand-made after iproute2 6.1: two hosts A and B of a flannel cluster, and a pod on A.
const HOST_LINKS = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:0a brd ff:ff:ff:ff:ff:ff
5: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
7: veth1a2b@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP mode DEFAULT group default
    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0
`;
const HOST_ROUTES = 'default via 192.0.2.1 dev eth0 \n10.100.41.0/24 dev cni0 proto kernel scope link src 10.100.41.1 \n';
const HOST_NEIGHBOURS = '10.100.41.7 dev cni0 lladdr 02:00:00:00:00:07 REACHABLE\n';
const POD_LINKS = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT group default
    link/ether 02:00:00:00:00:07 brd ff:ff:ff:ff:ff:ff link-netnsid 0
`;
const OTHER_ROUTES = 'default via 192.0.2.1 dev eth0 \n10.100.54.0/24 dev cni0 proto kernel scope link src 10.100.54.1 \n';

const { files } = nodeWorld();
let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'leadline-import-'));
});
after(() => rmSync(folder, { recursive: true }));

function lay(name: string, content: Readonly<Record<string, string | Buffer>>): Promise<Pile> {
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true });
    writeFileSync(join(folder, name, path), text);
  }
  return gather(join(folder, name), files);
}

const placesOf = ({ archive }: Imported): readonly string[] =>
  archive.index.entries.map(({ scope, file }) => `${scope.node}|${scope.netns}|${file}`);
const imported = (...piles: readonly Pile[]): Imported => importPiles(piles, undefined, '1');

describe('importing', () => {
  it('takes secrets out of objects of the Kubernetes API, and reads the objects still', async () => {
    const pod = (name: string, secret: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop' },
      spec: { nodeName: 'A', containers: [{ name, args: ['--token', secret], env: [{ name: 'OPAQUE', value: secret }] }] },
      status: { podIP: '10.100.41.7' },
    });
    const all = imported(
      await lay('objects', {
        'pods.json': JSON.stringify(pod('web', 'Hunter1')),
        'typed.txt': `[root@A ~]# kubectl get pod db -o yaml\n${stringify(pod('db', 'Hunter2'))}`,
      }),
    );
    assert.equal(Buffer.concat([...all.archive.content.values()]).includes('Hunter'), false);
    const { facts } = readFacts(snapshotOf(all.archive));
    const pods = facts.partition('pod', CLUSTER)?.facts ?? [];
    assert.deepEqual(pods.map(({ name }) => name).sort(), ['db', 'web']);
  });

  it('takes sub-folders for hosts, and theirs for namespaces, whatever the files are called', async () => {
    const pile = await lay('cluster', { 'A/x1': HOST_LINKS, 'A/x2': HOST_ROUTES, 'A/web/what.log': POD_LINKS, 'B/x2': OTHER_ROUTES });
    const all = imported(pile);
    assert.deepEqual(placesOf(all), ['A|web|cluster/A/web/what.log', 'A||cluster/A/x1', 'A||cluster/A/x2', 'B||cluster/B/x2']);
    const { facts, formats } = readFacts(snapshotOf(all.archive));
    assert.deepEqual(
      formats.map(({ format }) => format),
      ['ip-link', 'ip-link', 'ip-route', 'ip-route'],
    );
    assert.equal(facts.partition('route', { node: 'B', netns: '' })?.facts.length, 2);
  });

  it('takes a folder with a host of its own for that host, and its sub-folders for namespaces', async () => {
    const pile = await lay('D', { 'routes.txt': HOST_ROUTES, 'web/links.txt': POD_LINKS, 'netns/db/links.txt': POD_LINKS });
    assert.deepEqual(placesOf(imported(pile)), ['D|db|D/netns/db/links.txt', 'D||D/routes.txt', 'D|web|D/web/links.txt']);
  });

  it('goes by the prompt where no folder names the host, and splits a file at its prompts', async () => {
    const text = `[root@test_243 ~]# ip route\n${HOST_ROUTES}[root@test_243 ~]# ip netns exec web ip link\n${POD_LINKS}[root@other ~]# ip route\n${OTHER_ROUTES}`;
    const pile = await lay('pasted.txt.d', { 'pasted.txt': text });
    const single = await gather(join(folder, 'pasted.txt.d/pasted.txt'), files);
    assert.equal(pile.files.length, 1);
    const all = imported(single);
    assert.deepEqual(placesOf(all), ['test_243||pasted.txt', 'test_243|web|pasted.txt~2', 'other||pasted.txt~3']);
    const { facts } = readFacts(snapshotOf(all.archive));
    const route = facts.partition('route', { node: 'other', netns: '' })?.facts[0];
    assert.equal(
      route?.origin.line,
      text.split('\n').lastIndexOf('default via 192.0.2.1 dev eth0 ') + 1,
      'lines are those of the whole file',
    );
  });

  it('joins the namespace of a pod to the node that has the other end of its veth', async () => {
    const pile = await lay('mixed', {
      'A/links': HOST_LINKS,
      'A/neigh': HOST_NEIGHBOURS,
      'B/routes': OTHER_ROUTES,
      'some-pod/links': POD_LINKS,
    });
    const all = imported(pile);
    assert.deepEqual(
      all.joined.map(({ name, node }) => [name, node]),
      [['some-pod', 'A']],
    );
    assert.ok(placesOf(all).includes('A|some-pod|mixed/some-pod/links'));
  });

  it('declares a namespace unplaced when only the index fits, for indexes are the same everywhere', async () => {
    const pile = await lay('guess', { 'A/links': HOST_LINKS, 'B/routes': OTHER_ROUTES, 'some-pod/links': POD_LINKS });
    const all = imported(pile);
    assert.deepEqual(
      all.joined.map(({ name, node }) => [name, node]),
      [['some-pod', undefined]],
    );
    assert.ok(placesOf(all).includes('|some-pod|guess/some-pod/links'));
  });

  it('declares a namespace unplaced when two hosts fit alike', async () => {
    const host = { links: HOST_LINKS, neigh: HOST_NEIGHBOURS };
    const pile = await lay('twins', {
      'A/links': host.links,
      'A/neigh': host.neigh,
      'B/links': host.links,
      'B/neigh': host.neigh,
      'pod/links': POD_LINKS,
    });
    assert.deepEqual(imported(pile).joined, [{ name: 'pod', node: undefined, why: 'A and B fit alike' }]);
  });

  it('takes a lone set of outputs for a host, though it has but one veth', async () => {
    const pile = await lay('lone', { 'links.txt': POD_LINKS });
    assert.deepEqual(placesOf(imported(pile)), ['lone||lone/links.txt']);
  });

  it('reads tars and gzipped files as they would lie unpacked', async () => {
    const path = join(folder, 'outputs.tar.gz');
    writeFileSync(
      path,
      gzipSync(
        await tarOf([
          ['A/routes', Buffer.from(HOST_ROUTES)],
          ['B/routes', Buffer.from(OTHER_ROUTES)],
        ]),
      ),
    );
    assert.deepEqual(placesOf(imported(await gather(path, files))), ['A||outputs/A/routes', 'B||outputs/B/routes']);
    const pile = await lay('zipped', { 'A/routes.gz': gzipSync(HOST_ROUTES), 'B/routes': OTHER_ROUTES });
    assert.equal(readFacts(snapshotOf(imported(pile).archive)).facts.partition('route', { node: 'A', netns: '' })?.facts.length, 2);
  });

  it('leaves out what is no text, keeps what it does not know, and follows no link that leads out', async () => {
    const pile = await lay('odd', {
      'A/routes': HOST_ROUTES,
      'A/picture.png': Buffer.from([0x89, 0x50, 0, 0, 1]),
      'A/prose': 'once upon a time\n',
    });
    symlinkSync('/etc/hosts', join(folder, 'odd/A/link'));
    const all = imported(await gather(join(folder, 'odd'), files));
    assert.deepEqual(all.ignored, [{ file: 'odd/A/picture.png', why: 'no text' }]);
    assert.deepEqual(placesOf(all), ['A||odd/A/prose', 'A||odd/A/routes']);
    assert.equal(pile.files.length, 3);
  });

  it('reads the packets of capture files', async () => {
    const packets = new URL('../../../lab/recorded-tools/packets/', import.meta.url);
    const pile = await lay('packets', {
      'A/one': readFileSync(new URL('eth0.pcap', packets)),
      'A/two': readFileSync(new URL('eth0-cni0.pcapng', packets)),
    });
    const all = imported(pile);
    assert.deepEqual(all.ignored, []);
    const { facts, formats } = readFacts(snapshotOf(all.archive));
    assert.deepEqual(
      formats.map(({ format }) => format),
      ['tcpdump', 'tcpdump'],
    );
    assert.ok((facts.partition('packet', { node: 'A', netns: '' })?.facts.length ?? 0) > 60);
  });

  it('asks a command or a file name only where the text says nothing itself', async () => {
    const pile = await lay('silent', {
      'A/ip6tables-save': '',
      'A/conntrack-C.txt': '84\n',
      'A/iptables-save': 'default via 192.0.2.1 dev eth0\n',
    });
    const { formats } = readFacts(snapshotOf(imported(pile).archive));
    assert.deepEqual(formats.map(({ file, format }) => [file.split('/').at(-1), format]).sort(), [
      ['conntrack-C.txt', 'conntrack-count'],
      ['ip6tables-save', 'iptables-save'],
      ['iptables-save', 'ip-route'],
    ]);
  });

  it('reads texts that Windows wrote: with a byte order mark, in UTF-16, with its ends of lines', async () => {
    const utf16 = Buffer.from(`\ufeff${HOST_ROUTES.replaceAll('\n', '\r\n')}`, 'utf16le');
    const pile = await lay('windows', { 'A/marked': `\ufeff${HOST_ROUTES}`, 'B/wide': utf16, 'C/wide': Buffer.from(utf16).swap16() });
    const all = imported(pile);
    const { facts, problems } = readFacts(snapshotOf(all.archive));
    for (const node of ['A', 'B', 'C']) assert.equal(facts.partition('route', { node, netns: '' })?.facts.length, 2, node);
    assert.deepEqual([problems, all.ignored], [[], []]);
  });

  it('reads what a terminal showed in colours, and lets no secret in between them', async () => {
    const route = '\u001b[35m10.244.2.0/24 \u001b[0mvia \u001b[35m192.0.2.2 \u001b[0mdev \u001b[36meth0 \u001b[0m\n';
    const pile = await lay('colours', { 'A/routes': route, 'A/ps': 'arg --to\u001b[01;31mken\u001b[m=abcdefgh12345\n' });
    const { archive } = imported(pile);
    assert.equal(readFacts(snapshotOf(archive)).facts.partition('route', { node: 'A', netns: '' })?.facts[0]?.hops[0]?.dev, 'eth0');
    assert.equal([...archive.content.values()].join('').includes('abcdefgh12345'), false);
  });

  it('lets no secret in', async () => {
    const pile = await lay('secret', { 'A/ps': 'arg --token=abcdefgh12345\n', 'A/unit': '[Service]\nEnvironment="MY_OWN=hidden-value"\n' });
    const text = [...imported(pile).archive.content.values()].join('');
    for (const secret of ['abcdefgh12345', 'hidden-value']) assert.equal(text.includes(secret), false);
  });
});
