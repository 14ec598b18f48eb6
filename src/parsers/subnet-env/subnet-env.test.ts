import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, withoutOrigin } from '#testing/parse-text';
import subnetEnv from './subnet-env.ts';

// as flannel 0.28.4 writes it
const TEXT = 'FLANNEL_NETWORK=10.100.0.0/16\nFLANNEL_SUBNET=10.100.14.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n';

test('subnet.env tells network, subnet, gateway, MTU and masquerading', () => {
  const [fact] = factsOf(parseText(subnetEnv, TEXT, { argv: ['cat', '/run/flannel/subnet.env'] }), 'subnet-env');
  assert.deepEqual(fact && withoutOrigin(fact), {
    path: '/run/flannel/subnet.env',
    network: '10.100.0.0/16',
    gateway: '10.100.14.1',
    subnet: '10.100.14.0/24',
    mtu: 1450,
    ipMasq: true,
  });
});

test('what is not written is not told, what is broken is a problem', () => {
  const parsed = parseText(subnetEnv, 'FLANNEL_SUBNET=10.100.14.1/240\nrubbish\n');
  const [fact] = factsOf(parsed, 'subnet-env');
  assert.equal(fact?.subnet, undefined);
  assert.equal(fact?.ipMasq, undefined);
  assert.deepEqual(parsed.problems.map(({ line }) => line).sort(), [1, 2]);
  assert.deepEqual(factsOf(parseText(subnetEnv, ''), 'subnet-env'), []);
});
