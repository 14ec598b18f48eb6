import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '#facts/facts';
import { type Ip, ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import addressAction, { addAddress, deleteAddress } from './preview.ts';

const healthy = cluster();
const [asker, asked] = [healthy.node('A'), healthy.node('D')];

/** D has an address more, and A, which asked D for its own, had no answer. */
const failed = (more: Ip): Facts => {
  const known = healthy.put('neighbour', asker.scope, {
    dev: asker.uplink,
    address: asked.address,
    mac: null,
    state: 'failed',
    proxy: false,
  });
  return under(known.facts, addAddress(asked.scope, asked.bridge, more, 32));
};

function under(facts: Facts, action: Parameters<typeof addressAction.preview>[1]): Facts {
  const done = addressAction.preview(facts, action);
  assert.equal(done.is, 'facts');
  return done.is === 'facts' ? done.facts : facts;
}

function stateAfterRemoving(more: Ip): unknown {
  const entries = under(failed(more), deleteAddress(asked.scope, asked.bridge, more, 32)).seen('neighbour', asker.scope);
  return entries.is === 'seen' && entries.value.find(({ address }) => address === asked.address)?.state;
}

test('whose own address was on the machine that did not answer asks that machine again', () => {
  assert.equal(stateAfterRemoving(asker.address), 'none');
});

test('any other address that is taken away leaves a failure as it was measured', () => {
  assert.equal(stateAfterRemoving(ip`203.0.113.77`), 'failed');
});
