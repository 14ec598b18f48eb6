import assert from 'node:assert/strict';
import test from 'node:test';
import type { Action } from '#change/change';
import { nftEndpointRules } from '#dataplane/nft-service-rules';
import type { Facts } from '#facts/facts';
import { CLUSTER, onNode } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { kubeProxyProcess } from '#testing/built/kube-proxy';
import { inNftMode } from '#testing/built/nft-mode';
import { cluster } from '#testing/world-builder';
import { fullSync } from './full-sync.ts';
import kubeProxy from './kube-proxy.ts';

const A = onNode('A');
const built = cluster({ nodes: 3 });
const running = withApi(built.put('process', A, kubeProxyProcess(built, 'kube-proxy.service')));
/** Rules as kube-proxy itself would write them. */
const followed = fullSync(running, 'A');
const unread = followed.without('process', A);
const [gone] = endpointsOf(followed);
const patch: Action = { do: 'kubernetes-object', on: { node: 'A', netns: '' }, params: {} };

function endpointsOf(facts: Facts): readonly string[] {
  const slices = facts.seen('endpoints', CLUSTER);
  return slices.is === 'gap' ? [] : slices.value.flatMap(({ addresses }) => addresses.map(({ address }) => String(address)));
}

/** The slices without one endpoint, and nobody has followed yet. */
function slicesWithout(facts: Facts, endpoint: string | undefined): Facts {
  const partition = facts.partition('endpoints', CLUSTER);
  assert.ok(partition !== undefined);
  const left = partition.facts.map((slice) => ({ ...slice, addresses: slice.addresses.filter(({ address }) => address !== endpoint) }));
  return facts.with({ ...partition, facts: left });
}

const shrunk = (facts: Facts): Facts => slicesWithout(facts, gone);
const withoutSecond = (facts: Facts): Facts => slicesWithout(facts, endpointsOf(facts)[1]);

/** Whether a rule of node A leads to the endpoint that went, once its slice has changed. */
function stillLed(before: Facts): boolean {
  const tables = kubeProxy.reacts(before, shrunk(before), patch).seen('iptables', A);
  assert.ok(tables.is === 'seen');
  return tables.value.some(({ chains }) =>
    chains.some(({ rules }) => rules.some(({ text }) => text.includes(`--to-destination ${gone}:`))),
  );
}

test('a kube-proxy that runs follows a changed slice', () => {
  assert.equal(stillLed(followed), false);
});

test('where the processes were not read, rules that are all that the objects ask for tell that it follows', () => {
  assert.equal(stillLed(unread), false);
});

test('where they were not read and the rules are not what the objects ask for, it may have stopped long ago', () => {
  assert.equal(stillLed(withoutSecond(unread)), true);
});

test('one that runs and still leads where no slice leads any more has missed a change: it is not taken to hear of the next', () => {
  assert.equal(stillLed(withoutSecond(followed)), true);
});

/** Nobody stood behind any Service when kube-proxy wrote its rules, and now the slices are full again. */
function refusing(start: Facts): Facts {
  const slices = start.partition('endpoints', CLUSTER);
  assert.ok(slices !== undefined);
  const emptied = start.with({ ...slices, facts: slices.facts.map((slice) => ({ ...slice, addresses: [] })) });
  return fullSync(emptied, 'A').with(slices);
}

test('one that runs and refuses what has endpoints again has missed a change, too, in either mode', () => {
  const nft = withApi(inNftMode(built.put('process', A, kubeProxyProcess(built))));
  for (const [start, kind] of [
    [running, 'iptables'],
    [nft, 'nft'],
  ] as const) {
    const before = refusing(start);
    assert.ok(before.partition(kind, A) !== undefined);
    assert.equal(kubeProxy.reacts(before, shrunk(before), patch).partition(kind, A), before.partition(kind, A));
  }
});

test('one that does not run follows nothing', () => {
  const other = built.put('process', A, { ...kubeProxyProcess(built), name: 'sshd', argv: ['/usr/sbin/sshd'] });
  assert.equal(stillLed(fullSync(withApi(other), 'A')), true);
});

test('in nftables mode it follows in its own table, and no chain of iptables mode is made up', () => {
  const before = fullSync(withApi(inNftMode(built.put('process', A, kubeProxyProcess(built)))), 'A');
  const after = kubeProxy.reacts(before, shrunk(before), patch);
  assert.equal(after.partition('iptables', A), before.partition('iptables', A));
  const leads = (facts: Facts): boolean => nftEndpointRules(facts).some(({ node, endpoint }) => node === 'A' && endpoint === gone);
  assert.deepEqual([leads(before), leads(after)], [true, false]);
});
