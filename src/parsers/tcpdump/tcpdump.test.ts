import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf } from '#facts/kinds';
import { headOf } from '#parsers/recognise';
import { factsOf, parseText } from '#testing/parse-text';
import { parseRecorded, recordedNames, recordedText, type Userland } from '#testing/recorded-tools';
import tcpdump from './tcpdump.ts';

type Packet = FactOf<'packet'>;

const packets = (name: string, userland: Userland = 'debian-12') => {
  const parsed = parseRecorded(tcpdump, userland, name);
  assert.deepEqual(parsed.problems, [], name);
  return factsOf(parsed, 'packet');
};

const TOLD = [
  'source',
  'destination',
  'sourcePort',
  'destinationPort',
  'tcpFlags',
  'length',
  'sourceMac',
  'destinationMac',
  'protocol',
] as const;

/** Two forms of one capture: what both tell is equal, packet by packet. */
function agree(ones: readonly Packet[], others: readonly Packet[], name: string): void {
  assert.equal(ones.length, others.length, name);
  for (const [index, one] of ones.entries()) {
    const other = others[index];
    for (const field of TOLD) {
      if (one[field] !== undefined && other?.[field] !== undefined)
        assert.equal(one[field], other[field], `${name}: ${field} of line ${one.origin.line}`);
    }
    assert.equal(
      one.inner === undefined || one.inner === null,
      other?.inner === undefined || other.inner === null,
      `${name}: ${one.origin.line}`,
    );
    if (one.inner && other?.inner) agree([one.inner], [other.inner], `${name}, inner`);
  }
}

test('every form of one capture of the underlay tells the same packets, the inner ones too', () => {
  const plain = packets('tcpdump-n-r-mnt-eth0.pcap');
  agree(plain, packets('tcpdump-nn-e-r-mnt-eth0.pcap'), '-e');
  agree(plain, packets('tcpdump-n-v-r-mnt-eth0.pcap'), '-v');
  const vxlan = plain.find(({ protocol }) => protocol === 'vxlan');
  assert.equal(vxlan?.destinationPort, 8472);
  assert.ok(vxlan.inner?.source?.startsWith('10.244.'));
  const framed = packets('tcpdump-nn-e-r-mnt-eth0.pcap').find(({ protocol }) => protocol === 'vxlan');
  assert.ok(framed?.inner?.sourceMac !== undefined && framed.inner.sourceMac !== framed.sourceMac);
  // the inner frame is 50 bytes of Ethernet, IP, UDP and VXLAN headers smaller
  assert.equal(framed.inner.length, (framed.length ?? 0) - 50);
});

test('every form of one capture of the bridge tells the same packets', () => {
  const full = packets('tcpdump-n-e-vvv-tttt-r-mnt-cni0.pcap');
  assert.ok(full.length > 20);
  for (const name of ['tcpdump-n-t-r-mnt-cni0.pcap', 'tcpdump-n-q-ttt-S-r-mnt-cni0.pcap']) agree(full, packets(name), name);
  agree(full.slice(0, 4), packets('tcpdump-n-x-c-4-r-mnt-cni0.pcap'), '-x');
  assert.equal(full.find(({ tcpFlags }) => tcpFlags === 'S')?.length, 60);
  assert.equal(packets('tcpdump-n-t-r-mnt-cni0.pcap')[2]?.atMs, undefined);
});

test('a cooked capture tells devices and directions', () => {
  const plain = packets('tcpdump-n-r-mnt-any.pcap');
  agree(plain, packets('tcpdump-n-e-r-mnt-any.pcap'), '-e');
  assert.deepEqual([plain[0]?.dev, plain[0]?.direction, plain[0]?.protocol], ['cni0', 'out', 'arp']);
  const request = plain.find(({ protocol, source }) => protocol === 'icmp' && source === '10.244.1.10');
  assert.equal(request?.sourcePort, null);
});

test('names tell no addresses', () => {
  const named = packets('tcpdump-r-mnt-eth0.pcap').find(({ info }) => info.includes('tell node-'));
  assert.ok(named !== undefined && named.source === undefined);
  assert.equal(packets('tcpdump-r-mnt-eth0.pcap').find(({ inner }) => inner?.tcpFlags === 'S')?.inner?.destinationPort, undefined);
});

test('the three queries of a public report are one question from one port, five seconds apart', () => {
  // CentOS 7, as published with an incident
  const text = `# 10.96.0.10 was translated to 10.244.1.52.53
21:27:52.521261 IP 10.244.0.80.41805 > 10.244.1.52.53: 51985+ AAAA? kubernetes.default.svc.cluster.local. (54)
21:27:57.521607 IP 10.244.0.80.41805 > 10.244.1.52.53: 51985+ AAAA? kubernetes.default.svc.cluster.local. (54)
21:28:02.522524 IP 10.244.0.80.41805 > 10.244.1.52.53: 51985+ AAAA? kubernetes.default.svc.cluster.local. (54)
`;
  const found = factsOf(parseText(tcpdump, text), 'packet');
  assert.deepEqual([...new Set(found.map(({ sourcePort, protocol }) => `${protocol} ${sourcePort}`))], ['udp 41805']);
  assert.deepEqual(
    found.map(({ atMs }) => Math.round((atMs ?? 0) - (found[0]?.atMs ?? 0))),
    [0, 5000, 10001],
  );
  assert.equal(found[0]?.length, undefined);
  assert.ok(tcpdump.recognise(headOf(text)) > 0.9);
});

test('the packet within is known where -vv tells the checksum of the outer one first', () => {
  // hand-made, form of tcpdump 4.9 on flannel's port, which it calls OTV (flannel#1863)
  const text = `dropped privs to tcpdump
tcpdump: listening on ens192, link-type EN10MB (Ethernet), snapshot length 262144 bytes
17:11:10.808752 IP (tos 0x0, ttl 64, id 21091, offset 0, flags [none], proto UDP (17), length 134)
    192.0.2.9.40029 > 192.0.2.10.8472: [bad udp cksum 0xa7b8 -> 0x1f23!] OTV, flags [I] (0x08), overlay 0, instance 1
IP (tos 0x0, ttl 64, id 9731, offset 0, flags [DF], proto ICMP (1), length 84)
    10.244.0.0 > 10.244.9.0: ICMP echo request, id 12, seq 1, length 64
`;
  const [outer, ...more] = factsOf(parseText(tcpdump, text), 'packet');
  assert.equal(more.length, 0);
  assert.deepEqual(
    [outer?.protocol, outer?.destinationPort, outer?.inner?.protocol, outer?.inner?.destination],
    ['vxlan', 8472, 'icmp', '10.244.9.0'],
  );
});

test('recorded captures of all userlands are recognised and read without problems', () => {
  for (const userland of ['debian-11', 'debian-12'] as const) {
    for (const name of recordedNames(userland).filter((one) => one.startsWith('tcpdump'))) {
      assert.ok(tcpdump.recognise(headOf(recordedText(userland, name))) > 0.9, name);
      assert.deepEqual(parseRecorded(tcpdump, userland, name).problems, [], `${userland} ${name}`);
    }
  }
});
