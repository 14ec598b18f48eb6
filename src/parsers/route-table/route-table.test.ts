import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import routeTable from './route-table.ts';

test('netstat -rn tells what route -n tells, but no metric', () => {
  const one = parseRecorded(routeTable, 'debian-12', 'netstat-rn');
  assert.equal(byKey(one, 'route', ({ to }) => to).get('10.244.2.0/24' as never)?.metric, undefined);
  // without the metric two defaults are one key
  assertSameFacts('route', one, parseRecorded(routeTable, 'debian-12', 'route-n'), { among: ({ to }) => /^10\.(8|9|244)\./.test(to) });
});

test('IPv6 tables are not told apart, so nothing is taken of them', () => {
  const parsed = parseRecorded(routeTable, 'debian-12', 'route-n-A-inet6');
  assert.deepEqual(parsed.readings[0]?.facts, []);
  assert.match(parsed.problems[0]?.why ?? '', /table all/);
});

test('names in place of addresses are problems', () => {
  const text =
    'Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\nmynet  gw  255.255.255.0 UG 0 0 0 eth0\n';
  assert.deepEqual(
    parseText(routeTable, text).problems.map(({ line }) => line),
    [3],
  );
});

// Hand-made after public reports of CentOS 7 with LANG=zh_CN.UTF-8; the English one beside it tells what it must be.
test('the Chinese words of net-tools are read as the English ones', () => {
  const rows = '0.0.0.0  192.168.1.1  0.0.0.0  UG  100  0  0 eth0\n10.100.54.0  10.100.54.0  255.255.255.0  UG  0  0  0 flannel.1\n';
  const english = `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${rows}`;
  const chinese = `内核 IP 路由表\n目标            网关            子网掩码        标志  跃点   引用  使用 接口\n${rows}`;
  assert.equal(routeTable.recognise(chinese), 1);
  assert.deepEqual(parseText(routeTable, chinese), parseText(routeTable, english));
  assert.equal(parseText(routeTable, chinese).readings[0]?.facts.length, 2);
});
