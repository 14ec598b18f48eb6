import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded, USERLANDS } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import ipLinkJson from '../ip-link-json/ip-link-json.ts';
import ifconfig from './ifconfig.ts';

for (const userland of USERLANDS) {
  test(`${userland}: ifconfig and ip addr tell the same of devices and of the addresses that ifconfig shows`, () => {
    const parsed = parseRecorded(ifconfig, userland, 'ifconfig-a');
    assert.deepEqual(parsed.problems, []);
    const shown = new Set(byKey(parsed, 'address', ({ dev, address }) => `${dev} ${address}`).keys());
    assert.ok(shown.size > 8);
    const full = parseRecorded(ipLinkJson, userland === 'busybox' ? 'debian-12' : userland, 'ip-d-j-addr-show');
    // a tap device draws its MAC address anew in each world
    assertSameFacts('link', parsed, full, { among: ({ name }) => name !== 'tap0' });
    assertSameFacts('address', parsed, full, { among: ({ dev, address }) => shown.has(`${dev} ${address}`) });
  });
}

test('a label is an address of its device, and counters are read in both styles', () => {
  for (const userland of ['debian-12', 'busybox'] as const) {
    const parsed = parseRecorded(ifconfig, userland, 'ifconfig-a');
    assert.equal(byKey(parsed, 'link', ({ name }) => name).has('eth0:1'), false);
    assert.equal(byKey(parsed, 'address', ({ address }) => address).get('192.168.56.111' as never)?.label, 'eth0:1');
    const eth0 = byKey(parsed, 'link-counters', ({ name }) => name).get('eth0');
    assert.ok((eth0?.rxPackets ?? 0) > 0 && (eth0?.txBytes ?? 0) > 0 && eth0?.rxDropped !== undefined);
  }
});

test('lines of anything else are problems', () => {
  assert.deepEqual(
    parseText(ifconfig, 'hello\n').problems.map(({ line }) => line),
    [1],
  );
});

// Hand-made after public reports of net-tools 1.60 with LANG=zh_CN.UTF-8; the English one beside it tells what it must be.
test('the Chinese words of net-tools are read as the English ones', () => {
  const english = `eth0      Link encap:Ethernet  HWaddr 02:00:00:00:00:0d
          inet addr:192.168.1.13  Bcast:192.168.1.255  Mask:255.255.255.0
          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1
          RX packets:100 errors:1 dropped:2 overruns:0 frame:0
          TX packets:90 errors:0 dropped:0 overruns:0 carrier:0
`;
  const chinese = `eth0      Link encap:以太网  硬件地址 02:00:00:00:00:0d
          inet 地址:192.168.1.13  广播:192.168.1.255  掩码:255.255.255.0
          UP BROADCAST RUNNING MULTICAST  MTU:1500  跃点数:1
          接收数据包:100 错误:1 丢弃:2 过载:0 帧数:0
          发送数据包:90 错误:0 丢弃:0 过载:0 载波:0
`;
  assert.equal(ifconfig.recognise(chinese), 1);
  assert.deepEqual(parseText(ifconfig, chinese), parseText(ifconfig, english));
  assert.deepEqual(parseText(ifconfig, chinese).problems, []);
});

test('`netstat -ie` is ifconfig under a heading', () => {
  const shown = `eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1450
        inet 192.0.2.7  netmask 255.255.255.0  broadcast 192.0.2.255
        ether 46:d9:db:c4:b0:f1  txqueuelen 1000  (Ethernet)
`;
  const text = `Kernel Interface table\n${shown}`;
  assert.equal(ifconfig.recognise(text), 1);
  const parsed = parseText(ifconfig, text);
  assert.deepEqual(parsed.problems, []);
  assertSameFacts('address', parsed, parseText(ifconfig, shown));
});
