import assert from 'node:assert/strict';
import test from 'node:test';
import type { Service } from '#facts/service/service';
import { frontsOf } from '#intent/kube-proxy/fronts';
import nftRuleset from '#parsers/nft-ruleset/nft-ruleset';
import nftRulesetJson from '#parsers/nft-ruleset-json/nft-ruleset-json';
import { withApi } from '#testing/built/api';
import { factsOf } from '#testing/parse-text';
import { parseRecorded } from '#testing/recorded-tools';
import { cluster } from '#testing/world-builder';
import { keptByRules } from './affinity.ts';

const built = cluster({ nodes: 1 });
const { scope } = built.node('A');

/** A front as if default/web were a Service port of a cluster whose real kube-proxy wrote these rules in nftables' mode. */
function kept(service: string, portName: string, protocol: 'tcp' | 'udp' | 'sctp', recorded: 'text' | 'json' = 'text') {
  const [format, name] =
    recorded === 'text' ? ([nftRuleset, 'nft-list-ruleset'] as const) : ([nftRulesetJson, 'nft-j-list-ruleset'] as const);
  const tables = factsOf(parseRecorded(format, 'kube-proxy', name), 'nft');
  const facts = withApi(tables.reduce((now, { origin: _, ...table }) => now.put('nft', scope, table), built.without('iptables', scope)));
  const fronts = frontsOf(facts, 'A');
  const front = fronts.is === 'seen' ? fronts.value.find(({ name: port }) => port === 'default/web:http') : undefined;
  assert.ok(front !== undefined);
  const named: Service = { ...front.service, namespace: 'default', name: service };
  return keptByRules(facts, 'A', { ...front, service: named, portName, protocol })?.seconds;
}

test("in nftables' mode the timeout of the sets tells how long clients stay, in both forms of the ruleset", () => {
  assert.equal(kept('s23', 'p2', 'udp'), 600);
  assert.equal(kept('s23', 'p2', 'udp', 'json'), 600);
  assert.equal(kept('s14', 'p0', 'sctp'), 600);
});

test('a Service whose rules ask no set keeps nobody; one that has no rules is not judged', () => {
  assert.equal(kept('s13', 'p1', 'sctp'), null);
  assert.equal(kept('nobody', 'p0', 'tcp'), undefined);
});
