import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import systemctlShow from '../systemctl-show/systemctl-show.ts';
import systemctlStatus from '../systemctl-status/systemctl-status.ts';
import unitFiles from './unit-files.ts';

// hand-made after `systemctl cat docker flanneld` of systemd 252
const CAT = `# /lib/systemd/system/docker.service
[Unit]
Description=Docker Application Container Engine
After=network-online.target docker.socket firewalld.service
[Service]
Environment=REGISTRY_PASSWORD=hunter2 DOCKER_OPTS_X=1 DOCKER_OPT_MTU=1450
ExecStart=/usr/bin/dockerd -H fd:// \\
  --containerd=/run/containerd/containerd.sock

# /etc/systemd/system/docker.service.d/flannel.conf
[Unit]
After=flanneld.service
[Service]
EnvironmentFile=-/run/flannel/docker
ExecStart=
ExecStart=/usr/bin/dockerd $DOCKER_NETWORK_OPTIONS --token abc
# /etc/systemd/system/flanneld.service
[Service]
Type=notify
odd
`;

test('drop-ins come after the unit, an empty value empties the list, secrets stay out', () => {
  const parsed = parseText(unitFiles, CAT);
  const [docker, flanneld] = factsOf(parsed, 'unit');
  assert.equal(docker?.name, 'docker.service');
  assert.deepEqual(docker?.directives?.get('Unit.After'), ['network-online.target docker.socket firewalld.service', 'flanneld.service']);
  assert.deepEqual(docker?.directives?.get('Service.ExecStart'), ['/usr/bin/dockerd $DOCKER_NETWORK_OPTIONS --token [redacted]']);
  assert.deepEqual(docker?.directives?.get('Service.Environment'), ['REGISTRY_PASSWORD=[redacted] DOCKER_OPTS_X=1 DOCKER_OPT_MTU=1450']);
  assert.deepEqual(flanneld?.directives?.get('Service.Type'), ['notify']);
  assert.equal(docker?.active, undefined);
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [20],
  );
});

test('one unit file is named by its path', () => {
  const parsed = parseText(unitFiles, '[Unit]\nBefore=docker.service\n', { argv: ['cat', '/etc/systemd/system/flanneld.service'] });
  assert.deepEqual(
    factsOf(parsed, 'unit').map(({ name }) => name),
    ['flanneld.service'],
  );
  assert.equal(parseText(unitFiles, '[Unit]\nBefore=docker.service\n').problems.length, 1);
});

test('systemctl show tells states and times; a unit that is not there is no fact', () => {
  const text =
    'Id=docker.service\nActiveState=active\nUnitFileState=enabled\nActiveEnterTimestampMonotonic=12345678\nLoadState=loaded\n\nId=flanneld.service\nActiveState=inactive\nUnitFileState=\nActiveEnterTimestampMonotonic=0\nLoadState=not-found\n\nId=kubelet.service\nActiveState=failed\nActiveEnterTimestampMonotonic=0\n';
  const facts = factsOf(parseText(systemctlShow, text), 'unit');
  assert.deepEqual(
    facts.map(({ name, active, activeSinceMs }) => [name, active, activeSinceMs]),
    [
      ['docker.service', 'active', 12345.678],
      ['kubelet.service', 'failed', null],
    ],
  );
  assert.equal(facts[1]?.enabled, undefined);
});

test('systemctl status tells the state and the processes', () => {
  // form of systemd 219 (CentOS 7), hand-made
  const text = `● flanneld.service - Flanneld overlay address etcd agent
   Loaded: loaded (/usr/lib/systemd/system/flanneld.service; enabled; vendor preset: disabled)
   Active: active (running) since Mon 2022-06-06 10:00:00 CST; 2h ago
 Main PID: 1234 (flanneld)
   CGroup: /system.slice/flanneld.service
           └─1234 /usr/bin/flanneld -etcd-endpoints=http://192.0.2.1:2379 -etcd-prefix=/coreos.com/network
`;
  const parsed = parseText(systemctlStatus, text);
  const [unit] = factsOf(parsed, 'unit');
  assert.deepEqual([unit?.name, unit?.enabled, unit?.active], ['flanneld.service', 'enabled', 'active']);
  const [process] = factsOf(parsed, 'process');
  assert.deepEqual([process?.pid, process?.name, process?.unit], [1234, 'flanneld', 'flanneld.service']);
});
