import assert from 'node:assert/strict';
import test from 'node:test';
import { diagnose } from '#engine/diagnose';
import { invariants } from '#engine/invariants';
import { CLUSTER } from '#snapshot/scope';
import { announcedNat, withNat } from '#testing/announced-nat';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const node = healthy.node('D');
const subject = `lease/${node.subnet}`;

const wrong = announcedNat(healthy);

cases(fault, {
  found: [{ name: "the NAT's address is announced", facts: wrong.facts, subject }],
  absent: [
    { name: 'every node announces where it is reached', facts: healthy.facts },
    { name: 'the NAT is there, and nobody uses it', facts: withNat(healthy).facts },
  ],
  unknown: [
    { name: "the node's addresses were not read", facts: wrong.without('address', node.scope).facts, subject },
    { name: 'no lease was read', facts: wrong.without('lease', CLUSTER).facts },
  ],
});

test('a command line whose secret was not captured is not written anew', () => {
  const steps = ({ facts }: typeof wrong) =>
    diagnose(facts, [fault], invariants(facts)).findings.flatMap(({ fix }) => fix.steps.map((step) => step.do));
  assert.deepEqual(steps(wrong), ['file', 'etcd-key', 'vxlan-device', 'unit-restart']);
  const hidden = wrong.change(
    'process',
    node.scope,
    ({ name }) => name === 'flanneld',
    (process) => ({
      ...process,
      argv: [...process.argv, '-etcd-password=[redacted]'],
    }),
  );
  assert.deepEqual(steps(hidden), []);
});
