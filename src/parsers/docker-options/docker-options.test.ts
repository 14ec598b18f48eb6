import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, withoutOrigin } from '#testing/parse-text';
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

test('hostile files give problems', () => {
  for (const text of ['{', '[]', '{"bip":[]}', `{"bip":${'['.repeat(50000)}`, 'DOCKER_OPTS=\n???']) {
    assert.doesNotThrow(() => parseText(dockerOptions, text), text.slice(0, 20));
  }
});
