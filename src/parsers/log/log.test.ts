import assert from 'node:assert/strict';
import test from 'node:test';
import type { Clock } from '#snapshot/snapshot';
import { factsOf, parseText } from '#testing/parse-text';
import log from './log.ts';

const clock: Clock = { node: 'A', look: 1, wall: Date.UTC(2026, 10, 21, 6, 0, 0), zoneMinutes: 60 };
const lines = (text: string, how = {}) => factsOf(parseText(log, text, { clock, ...how }), 'log-line');

test("klog's missing year and zone come from the look's clock", () => {
  // flannel 0.28.4, as recorded
  const [line] = lines(
    'I1121 05:43:23.775716 1 vxlan_network.go:350] adding subnet: 10.100.62.0/24 PublicIP: 172.31.9.3 VtepMAC: 86:5d:92:b8:94:e1\n',
  );
  assert.equal(line?.at, Date.UTC(2026, 10, 21, 4, 43, 23) + 775.716);
  assert.equal(line?.level, 'info');
  assert.equal(line?.from, 'vxlan_network.go:350');
  assert.ok(line?.text.startsWith('adding subnet: '));
  assert.equal(lines('I1231 23:00:00.000000 1 a.go:1] x\n')[0]?.at, Date.UTC(2025, 11, 31, 22));
  assert.equal(lines('I1121 05:43:23.775716 1 a.go:1] x\n', { clock: undefined })[0]?.at, undefined);
});

test('a Chinese or Japanese locale writes the month as a number', () => {
  // hand-made, form of journalctl on CentOS 7 with LANG=zh_CN.UTF-8 (kubernetes#25281, kubernetes#8176)
  const text =
    '11月 21 05:43:23 A kubelet[6022]: I1121 05:43:23.080048    6022 helpers.go:101] something\n8月 02 05:43:24 A systemd[1]: Started x.\n';
  const found = lines(text);
  assert.deepEqual(
    found.map(({ component, at }) => [component, at]),
    [
      ['kubelet', Date.UTC(2026, 10, 21, 4, 43, 23)],
      ['systemd', Date.UTC(2026, 7, 2, 4, 43, 24)],
    ],
  );
  assert.ok(log.recognise(text) > 0.8);
});

test('the kubelet lines of a public report are taken apart though their line ends were lost', () => {
  // kubelet 1.10, as published with an incident
  const text =
    'E0415 17:03:11.351872 16624 kubelet_node_status.go:374] Error updating node status, will retry: error getting node "k8s-slave88": net/http: request canceled E0415 17:03:31.352810 16624 kubelet_node_status.go:366] Unable to update node status: update node status exceeds retry count\n';
  const found = lines(text);
  assert.deepEqual(
    found.map(({ level, from }) => [level, from]),
    [
      ['error', 'kubelet_node_status.go:374'],
      ['error', 'kubelet_node_status.go:366'],
    ],
  );
  assert.ok(log.recognise(text) > 0.8);
});

test('what journald and container runtimes put around a line is taken off', () => {
  const klog = 'W1121 05:43:23.000001 77 main.go:588] no subnet found';
  const forms = [
    `Nov 21 05:43:23 n1 flanneld[77]: ${klog}`,
    `2026-11-21T05:43:23+0100 n1 flanneld[77]: ${klog}`,
    `2026-11-21T04:43:23.000001Z stderr F ${klog}`,
    JSON.stringify({ log: `${klog}\n`, stream: 'stderr', time: '2026-11-21T04:43:23Z' }),
  ];
  for (const form of forms) {
    const [line] = lines(`${form}\n`, { argv: ['cat', '/var/log/containers/flanneld.log'] });
    assert.equal(Math.floor(line?.at ?? 0), Date.UTC(2026, 10, 21, 4, 43, 23), form);
    assert.deepEqual([line?.component, line?.level, line?.text], ['flanneld', 'warning', 'no subnet found'], form);
  }
});

test('logs of dockerd, etcd and CoreDNS tell their levels, other lines go on with the one before', () => {
  const text = `time="2026-11-21T05:43:23.1Z" level=error msg="Handler for POST returned error" error="x"
{"level":"warn","ts":"2026-11-21T05:45:52.474Z","caller":"v3@v3.6.10/retry.go:68","msg":"retrying","error":"rpc error"}
[FATAL] plugin/loop: Loop (127.0.0.1:35867 -> :5300) detected
panic: runtime error: index out of range [0] with length 0
`;
  const found = lines(text);
  assert.deepEqual(
    found.map(({ level }) => level),
    ['error', 'warning', 'fatal', undefined],
  );
  assert.equal(found[1]?.text, 'retrying: rpc error');
  assert.equal(found[3]?.at, undefined);
});

test('secrets in log lines are taken out', () => {
  const text =
    'I1121 05:43:23.1 x] y\nI1121 05:43:23.000001 1 a.go:1] etcd https://root:hunter2@h:2379 token=abcdef password: s3cret Bearer abcdefghijkl\n';
  assert.ok(!/hunter2|abcdef|s3cret/.test(JSON.stringify(lines(text))));
});
