import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import { parseRecorded, recordedText, UNITS } from '#testing/recorded-tools';
import { headOf } from '../recognise.ts';
import { sections } from '../transcript.ts';
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

/** What the units of the booted systemd really are: their state, and what `systemctl enable` did. */
const TRUTH: readonly (readonly [unit: string, active: string, enabled: string | undefined])[] = [
  ['flanneld', 'active', 'enabled'],
  ['docker', 'active', 'enabled'],
  ['kubelet', 'activating', 'enabled'],
  ['failing', 'failed', 'enabled'],
  ['rules', 'active', 'enabled'],
  ['idle', 'inactive', 'disabled'],
  ['static', 'inactive', 'static'],
  ['calico@eth0', 'active', 'enabled'],
];

const contentOf = (userland: (typeof UNITS)[number], name: string): string => headOf(sections(recordedText(userland, name))[0]?.text ?? '');

test('show and status of every systemd tell of each unit what is really so', () => {
  for (const userland of UNITS) {
    for (const [unit, active, enabled] of TRUTH) {
      for (const [format, verb] of [
        [systemctlShow, 'show'],
        [systemctlStatus, 'status'],
      ] as const) {
        const name = `systemctl-${verb}-${unit}`;
        assert.ok(format.recognise(contentOf(userland, name)) > 0.9, `${userland} ${name}`);
        const [fact] = factsOf(parseRecorded(format, userland, name), 'unit');
        assert.deepEqual([fact?.name, fact?.active, fact?.enabled], [`${unit}.service`, active, enabled], `${userland} ${name}`);
      }
    }
  }
});

test('a unit that is not there is no fact, in any form; a masked one has no directives', () => {
  for (const userland of UNITS) {
    for (const [format, verb] of [
      [systemctlShow, 'show'],
      [systemctlStatus, 'status'],
      [unitFiles, 'cat'],
    ] as const) {
      const name = `systemctl-${verb}-nosuch`;
      const parsed = parseRecorded(format, userland, name);
      assert.ok(format.recognise(contentOf(userland, name)) > 0.8, `${userland} ${name}`);
      assert.deepEqual([factsOf(parsed, 'unit'), parsed.problems], [[], []], `${userland} ${name}`);
    }
    const [masked] = factsOf(parseRecorded(unitFiles, userland, 'systemctl-cat-firewalld'), 'unit');
    assert.deepEqual([masked?.name, masked?.directives?.size], ['firewalld.service', 0], userland);
    assert.equal(factsOf(parseRecorded(systemctlShow, userland, 'systemctl-show-firewalld'), 'unit')[0]?.enabled, 'masked');
  }
});

test('status tells the processes of a unit with their arguments, drawn with lines or in the C locale', () => {
  for (const userland of UNITS) {
    for (const name of ['systemctl-status-docker', 'env-LC_ALL-C-systemctl-status-docker-kubelet']) {
      const processes = factsOf(parseRecorded(systemctlStatus, userland, name), 'process');
      assert.deepEqual(
        processes.map((one) => [one.name, one.unit]),
        [
          ['dockerd', 'docker.service'],
          ['containerd', 'docker.service'],
        ],
        `${userland} ${name}`,
      );
      assert.deepEqual(processes[0]?.argv?.slice(-4), ['--bip', '10.244.1.1/24', '--password', '[redacted]'], userland);
    }
    const [flanneld] = factsOf(parseRecorded(systemctlStatus, userland, 'systemctl-status-flanneld'), 'process');
    // before 249 a word that holds blanks is shown without quotes
    const note = userland.endsWith('-11') ? ['two', 'words'] : ['two words'];
    assert.deepEqual(flanneld?.argv?.slice(-3 + (note.length === 1 ? 1 : 0)), ['-note', ...note], userland);
  }
});

test('the drop-in of a booted systemd comes after its unit, and passwords stay out', () => {
  for (const userland of UNITS) {
    const [docker] = factsOf(parseRecorded(unitFiles, userland, 'systemctl-cat-docker'), 'unit');
    assert.deepEqual(docker?.directives?.get('Unit.After'), ['network-online.target docker.socket', 'flanneld.service'], userland);
    assert.equal(docker?.directives?.get('Service.ExecStart')?.length, 1);
    const told = JSON.stringify(
      ['docker', 'flanneld'].flatMap((unit) =>
        factsOf(parseRecorded(unitFiles, userland, `systemctl-cat-${unit}`), 'unit').map(({ directives }) => [...(directives ?? [])]),
      ),
    );
    assert.doesNotMatch(told, /hunter2|secret/);
  }
});
