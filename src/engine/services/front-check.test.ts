import assert from 'node:assert/strict';
import test from 'node:test';
import addressAction, { addAddress } from '#actions/address/preview';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { cluster } from '#testing/world-builder';
import { serviceAsks } from './front-check.ts';

const built = cluster({ nodes: 2 });
const { scope, bridge } = built.node('A');
const [web] = built.services.filter(({ name }) => name === 'default/web:http');
const held = addressAction.preview(built.facts, addAddress(scope, bridge, ip`${web?.clusterIp ?? ''}`, 32));
assert.ok(held.is === 'facts');
const holding = built.having(held.facts);

/** What A's pod finds at the Service. */
function answers(facts: Facts): readonly string[] {
  const services = facts.seen('service', CLUSTER);
  assert.ok(services.is === 'seen');
  const [own] = services.value.filter(({ name }) => name === 'web');
  assert.ok(own !== undefined);
  const checks = serviceAsks(facts, own).filter(({ flow }) => flow?.from.node === 'A');
  return checks.map((check) => check.ask(worldOf(facts)).result);
}

test("what a node refuses itself, where a device holds a Service's address and no rule rewrites it, is no answer of the Service's", () => {
  const lost = holding.change(
    'iptables',
    scope,
    ({ table }) => table === 'nat',
    (table) => ({ ...table, chains: table.chains.map((one) => (one.name === 'KUBE-SERVICES' ? { ...one, rules: [] } : one)) }),
  );
  assert.deepEqual([answers(withApi(holding)), answers(withApi(lost))], [['pass'], ['fail']]);
});
