import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, recorded, withoutOrigin } from '#testing/parse-text';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import dockerOptions from './docker-options.ts';

const read = (text: string, path = '/run/flannel/docker') => {
  const [fact] = factsOf(parseText(dockerOptions, text, { argv: ['cat', path] }), 'docker-options');
  return fact && withoutOrigin(fact);
};

// mk-docker-opts.sh of flannel, as published with an incident
const FLANNEL = `DOCKER_OPT_BIP="--bip=10.100.28.1/24"
DOCKER_OPT_IPMASQ="--ip-masq=true"
DOCKER_OPT_MTU="--mtu=1450"
DOCKER_NETWORK_OPTIONS=" --bip=10.100.28.1/24 --ip-masq=true --mtu=1450"
`;

test('the options that flannel hands to Docker are read', () => {
  assert.deepEqual(read(FLANNEL), {
    place: '/run/flannel/docker',
    bridgeAddress: '10.100.28.1',
    bridgeSubnet: '10.100.28.0/24',
    mtu: 1450,
    ipMasq: true,
    iptables: null,
  });
});

test('daemon.json and the same flags tell the same', () => {
  const json = read('{"bip": "10.100.28.1/24", "mtu": 1450, "ip-masq": true, "log-driver": "json-file"}', '/etc/docker/daemon.json');
  assert.deepEqual({ ...json, place: '' }, { ...read(FLANNEL), place: '' });
  assert.equal(read('{"mtu": "big"}')?.mtu, undefined);
  assert.equal(read('{"bip": "10.100.28.1/24"}')?.mtu, null);
});

/** A recorded file without the lines that say where it is from. */
const file = (name: string): string => recorded(name).split('\n').slice(2).join('\n');

test("what flannel's mk-docker-opts.sh writes is read: Docker is not to masquerade where flanneld does", () => {
  const told = { bridgeAddress: '10.100.14.1', bridgeSubnet: '10.100.14.0/24', mtu: 1450, ipMasq: false, iptables: null };
  for (const name of ['mk-docker-opts', 'mk-docker-opts-k']) {
    assert.deepEqual(read(file(name)), { place: '/run/flannel/docker', ...told }, name);
    assert.equal(recognise(file(name), formats)?.id, 'docker-options', name);
  }
});

test('a daemon.json that dockerd takes is read', () => {
  const text = file('docker-daemon-json');
  assert.equal(recognise(text, formats)?.id, 'docker-options');
  assert.deepEqual(read(text, '/etc/docker/daemon.json'), {
    place: '/etc/docker/daemon.json',
    bridgeAddress: '10.100.28.1',
    bridgeSubnet: '10.100.28.0/24',
    mtu: 1450,
    ipMasq: false,
    iptables: false,
  });
});

test("Debian's own /etc/default/docker sets nothing, and that is told", () => {
  const parsed = parseText(dockerOptions, file('debian-default-docker'), { argv: ['cat', '/etc/default/docker'] });
  assert.deepEqual([parsed.problems, factsOf(parsed, 'docker-options')], [[], []]);
  assert.deepEqual(
    parsed.readings.map(({ covers }) => covers),
    [['/etc/default/docker']],
  );
});

test('hostile files give problems', () => {
  for (const text of ['{', '[]', '{"bip":[]}', `{"bip":${'['.repeat(50000)}`, 'DOCKER_OPTS=\n???']) {
    assert.doesNotThrow(() => parseText(dockerOptions, text), text.slice(0, 20));
  }
});
