import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import systemctlStatus from './systemctl-status.ts';

test('systemd before 209 draws no dot before the name', () => {
  // hand-made, form of systemd 208 on CentOS 7.0 with LANG=zh_CN.UTF-8 (kubernetes#8176)
  const text = `flanneld.service - Flanneld overlay address etcd agent
   Loaded: loaded (/usr/lib/systemd/system/flanneld.service; enabled)
   Active: failed (Result: timeout) since 二 2015-07-07 17:13:43 CST; 52s ago
 Main PID: 12566

7月 07 17:13:36 A flanneld[12566]: E0707 17:13:36.421659 12566 main.go:151] Failed to create SubnetManager
7月 07 17:13:43 A systemd[1]: docker.service - a name in a message is no title
`;
  assert.ok(systemctlStatus.recognise(text) > 0.9);
  const parsed = parseText(systemctlStatus, text);
  assert.deepEqual(
    factsOf(parsed, 'unit').map(({ name, active, enabled }) => [name, active, enabled]),
    [['flanneld.service', 'failed', 'enabled']],
  );
  assert.deepEqual(parsed.problems, []);
});
