import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import { recognise } from '../recognise.ts';
import { formats } from '../formats.ts';
import ipLink from './ip-link.ts';

// hand-made after `ip -d link` of iproute2 4.11 on CentOS 7 as public reports show it
const CENTOS_7 = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT qlen 1
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0 addrgenmode eui64 numtxqueues 1 numrxqueues 1
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP mode DEFAULT qlen 1000
    link/ether 52:54:00:8a:fe:e6 brd ff:ff:ff:ff:ff:ff promiscuity 0 addrgenmode eui64 numtxqueues 1 numrxqueues 1
5: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT
    link/ether 2a:0b:b1:59:cd:66 brd ff:ff:ff:ff:ff:ff promiscuity 0
    vxlan id 1 local 192.0.2.15 dev eth0 srcport 0 0 dstport 8472 nolearning ageing 300 noudpcsum noudp6zerocsumtx addrgenmode eui64
`;

test('the old form of a VXLAN device tells its settings', () => {
  const parsed = parseText(ipLink, CENTOS_7);
  const links = byKey(parsed, 'link', ({ name }) => name);
  assert.deepEqual(parsed.problems, []);
  assert.equal(links.get('flannel.1')?.vxlan?.port, 8472);
  assert.equal(links.get('flannel.1')?.vxlan?.df, undefined);
  assert.equal(links.get('eth0')?.type, 'device');
  assert.equal(parsed.readings[0]?.covers, true);
});

test('what a form without -d does not tell is not told', () => {
  const eth0 = byKey(parseRecorded(ipLink, 'debian-12', 'ip-link-show'), 'link', ({ name }) => name).get('eth0');
  assert.deepEqual([eth0?.type, eth0?.vxlan, eth0?.port, eth0?.gsoMaxSegs], [undefined, undefined, undefined, undefined]);
  assert.deepEqual([eth0?.peerIndex, eth0?.mtu, eth0?.up, eth0?.master], [2, 1500, true, null]);
});

test('counters are read by their headings', () => {
  // recorded: ip -s -s link, iproute2 6.1.0
  const text = `2: eth0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 500
    link/ether 52:54:00:00:56:11 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    RX:  bytes packets errors dropped  missed   mcast           
         72616     477      0       0       0       0 
    RX errors:  length    crc   frame    fifo overrun nohandler
                     0      0       0       0       0         3 
    TX:  bytes packets errors dropped carrier collsns           
         59839     596      0       7       0       0 
`;
  const [eth0] = byKey(parseText(ipLink, text), 'link-counters', ({ name }) => name).values();
  assert.deepEqual([eth0?.rxBytes, eth0?.rxPackets, eth0?.txPackets, eth0?.txDropped, eth0?.rxNoHandler], [72616, 477, 596, 7, 3]);
  assert.equal(eth0?.rxOtherHost, undefined);
});

test('a list that a filter narrowed proves nothing by what it leaves out', () => {
  const vxlan = parseRecorded(ipLink, 'debian-12', 'ip-d-link-show-type-vxlan');
  assert.deepEqual(vxlan.readings[0]?.covers, []);
  assert.deepEqual(parseText(ipLink, '2: eth0: <UP> mtu 1500 qdisc noop state UP\n').readings[0]?.covers, []);
});

test('recorded outputs are recognised, and lines of anything else are problems', () => {
  assert.equal(recognise(CENTOS_7, formats)?.id, 'ip-link');
  assert.deepEqual(
    parseText(ipLink, 'hello\n1: lo: <UP> mtu 1\n  what is this\n').problems.map(({ line }) => line),
    [1, 3],
  );
});

test('busybox numbers a peer, and the name that it writes beside is that of the local device of this number', () => {
  const links = byKey(parseRecorded(ipLink, 'busybox', 'ip-link-show'), 'link', ({ name }) => name);
  const eth0 = links.get('eth0');
  assert.deepEqual([eth0?.peerIndex, eth0?.peerName, eth0?.peerNsid], [2, undefined, undefined]);
  assert.deepEqual([links.get('cni0')?.peerIndex, links.get('cni0')?.peerName], [null, null]);
});

test('busybox writes the flags that it has no name for as a number behind the last one', () => {
  const links = byKey(parseRecorded(ipLink, 'busybox', 'ip-link-show'), 'link', ({ name }) => name);
  assert.deepEqual([links.get('cni0')?.carrier, links.get('cni0')?.promiscuous], [true, true]);
  assert.equal(links.get('eth0')?.promiscuous, false);
});

test('a tunnel tells its type of service, 0 where it is not written', () => {
  // recorded: ip -d link show type gre and type ip6tnl, iproute2 6.1.0, without what stands behind addrgenmode
  const text = `4: gre0@NONE: <NOARP> mtu 1476 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/gre 0.0.0.0 brd 0.0.0.0 promiscuity 0  allmulti 0 minmtu 0 maxmtu 0 
    gre remote any local any ttl inherit nopmtudisc
9: g1@NONE: <POINTOPOINT,NOARP> mtu 1476 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/gre 10.0.0.1 peer 10.0.0.2 promiscuity 0  allmulti 0 minmtu 0 maxmtu 0 
    gre remote 10.0.0.2 local 10.0.0.1 ttl inherit tos inherit addrgenmode eui64
10: g2@NONE: <POINTOPOINT,NOARP> mtu 1476 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/gre 10.0.0.1 peer 10.0.0.3 promiscuity 0  allmulti 0 minmtu 0 maxmtu 0 
    gre remote 10.0.0.3 local 10.0.0.1 ttl inherit tos 0x10 addrgenmode eui64
7: t6@NONE: <POINTOPOINT,NOARP> mtu 1452 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/tunnel6 fd00::1 peer fd00::2 permaddr 428c:eb1b:dd7f:: promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535 
    ip6tnl any remote fd00::2 local fd00::1 hoplimit 64 encaplimit 4 tclass inherit flowlabel 0x00000 addrgenmode eui64
`;
  const links = byKey(parseText(ipLink, text), 'link', ({ name }) => name);
  assert.deepEqual(
    ['gre0', 'g1', 'g2', 't6'].map((name) => links.get(name)?.tunnel?.tos),
    [0, 'inherit', 0x10, 'inherit'],
  );
});

test('a macvlan in mode source tells whose frames it takes, another names nobody', () => {
  // recorded: ip -d link show, iproute2 6.1.0 on Linux 6.1, without what stands behind addrgenmode
  const text = `4: m0@du0: <BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/ether 0e:4d:e7:98:d7:54 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 0 
    macvlan mode source nodst bcqueuelen 1000 usedbcqueuelen 1000 remotes (2) 02:00:00:00:00:0a 02:00:00:00:00:09 addrgenmode eui64
5: p0@du1: <BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:44:00 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 0 
    macvlan mode passthru bcqueuelen 1000 usedbcqueuelen 1000 addrgenmode eui64
`;
  const links = byKey(parseText(ipLink, text), 'link', ({ name }) => name);
  assert.deepEqual(
    ['m0', 'p0'].map((name) => links.get(name)?.upper),
    [
      { kind: 'macvlan', mode: 'source', sources: ['02:00:00:00:00:0a', '02:00:00:00:00:09'], nodst: true },
      { kind: 'macvlan', mode: 'passthru', sources: [], nodst: false },
    ],
  );
});

test('a heading that somebody wrote above is no device, and hides none', () => {
  // hand-made, form of flannel#1387
  const text =
    '1.master\n1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n';
  assert.ok(ipLink.recognise(text) > 0.8);
  const parsed = parseText(ipLink, text);
  assert.deepEqual([factsOf(parsed, 'link').map(({ name }) => name), parsed.problems.map(({ line }) => line)], [['lo'], [1]]);
});

test('a list of one family’s addresses tells neither all devices nor whose peers they are', () => {
  // `ip -6 addr` of iproute2 6.1: the peer is in another namespace, ens192 only has its index here
  const parsed = parseText(
    ipLink,
    `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN qlen 1000
    inet6 ::1/128 scope host
       valid_lft forever preferred_lft forever
6: vethab12@ens192: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 state UP qlen 1000
    inet6 fe80::8e0:10ff:fe7b:b58f/64 scope link
       valid_lft forever preferred_lft forever
`,
  );
  const veth = factsOf(parsed, 'link').find(({ name }) => name === 'vethab12');
  assert.deepEqual([veth?.peerName, veth?.master, veth?.up], [undefined, undefined, true]);
  assert.deepEqual(
    parsed.readings.map(({ covers }) => covers),
    [[], []],
  );
});

test('`ip -o addr` has lives beside its addresses, and `type bridge` is no command', () => {
  const one = '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n';
  assert.deepEqual(parseText(ipLink, one).problems, []);
  const text =
    '5: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n';
  assert.deepEqual(parseText(ipLink, text, { argv: 'ip link show type bridge'.split(' ') }).readings[0]?.covers, []);
});

test('numbers of `ip -N addr` mean what the names mean', () => {
  // of iproute2 6.1
  const text = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group 0 qlen 1000
    link/[772] 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope 254 lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group 0 qlen 1000
    link/[1] 46:d9:db:c4:b0:f1 brd ff:ff:ff:ff:ff:ff
    inet 192.0.2.7/24 brd 192.0.2.255 scope 0 eth0
       valid_lft forever preferred_lft forever
`;
  const parsed = parseText(ipLink, text);
  assert.deepEqual(
    factsOf(parsed, 'address').map(({ scope }) => scope),
    ['host', 'global'],
  );
  assert.deepEqual(
    factsOf(parsed, 'link').map(({ type, group }) => [type, group]),
    [
      ['loopback', 'default'],
      [undefined, 'default'],
    ],
  );
});

test('an address line that is cut off tells nothing by default, and the list is not whole', () => {
  // hand-made: the end of a paste that was cut
  const head =
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n';
  const parsed = parseText(ipLink, `${head}    inet 127.0.0.1/8 scope host lo\n    inet 192.0.2.7/24 brd 192.0.2.255 scope\n`);
  assert.deepEqual(
    factsOf(parsed, 'address').map(({ address, scope }) => [address, scope]),
    [['127.0.0.1', 'host']],
  );
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [4],
  );
  const covers = (text: string) => parseText(ipLink, text).readings.find(({ kind }) => kind === 'address')?.covers;
  assert.equal(covers(`${head}    inet 127.0.0.1/8 scope host lo\n`), true);
  assert.deepEqual(covers(`${head}    inet 127.0.0.1/8 scope host lo\n    inet 192.0.2.7/24 scope\n`), []);
});

test('how many want a device promiscuous stands beside the flag, which is set by hand', () => {
  // recorded: ip -d link show br0 on Linux 6.18, a macvlan above it, without what stands behind bridge
  const text = `2: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 6a:6c:0a:bf:74:6d brd ff:ff:ff:ff:ff:ff promiscuity 1 allmulti 0 minmtu 68 maxmtu 65535 
`;
  const { promiscuous, promiscuity } = byKey(parseText(ipLink, text), 'link', ({ name }) => name).get('br0') ?? {};
  assert.deepEqual([promiscuous, promiscuity], [false, 1]);
});
