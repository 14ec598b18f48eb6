import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

/** Matches and targets that no drawn rule holds; the packet is forwarded from a tunnel to a port of a bridge. */
const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'tcp', port: 80 } as const;

const asked = (table: 'filter' | 'mangle' | 'raw', text: string) => {
  const [outcome, ...others] = trace(worldOf(healthy.rule(scope, table, text, 0).facts), flow).outcomes;
  assert.ok(outcome !== undefined && others.length === 0, text);
  return outcome;
};

/** Measured on Linux 6.18 with bridge-nf-call-iptables: of three echoes routed from a port of a bridge, FORWARD and POSTROUTING count three by `--physdev-in`, none by `--physdev-is-bridged`. */
test('what was routed was not bridged, and came in by a port of a bridge where iptables saw it there', () => {
  assert.equal(asked('filter', '-A FORWARD -m physdev --physdev-is-bridged -j DROP').works, 'yes');
  assert.equal(asked('filter', '-A FORWARD -m physdev ! --physdev-is-bridged -j DROP').works, 'no');
  const ofPort = '-A FORWARD -p tcp -m tcp --sport 80 -m physdev --physdev-in veth+ -j DROP';
  assert.equal(asked('filter', ofPort).works, 'no', 'the answer comes from the pod by a port of its bridge');
  assert.equal(asked('filter', ofPort.replace('--sport', '--dport')).works, 'yes', 'the request comes by the tunnel');
});

test('an accounting object of kube-proxy counts whatever comes to it; another may have a quota, and only count (nfacct_mt)', () => {
  assert.equal(asked('filter', '-A FORWARD -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP').works, 'no');
  const { works, reason } = asked('filter', '-A FORWARD -m nfacct --nfacct-name monthly -j DROP');
  assert.equal(works, 'unknown');
  assert.match(reason.gap?.detail ?? '', /object monthly has a quota .*xt_nfacct\.c/);
  assert.equal(asked('filter', '-A FORWARD -m nfacct --nfacct-name monthly').works, 'yes', 'it only counts');
});

test('what logs, traces or fills in a checksum lets the packet go on', () => {
  for (const [table, rule] of [
    ['raw', '-A PREROUTING -j TRACE'],
    ['mangle', '-A POSTROUTING -p tcp -j CHECKSUM --checksum-fill'],
    ['filter', '-A FORWARD -j LOG --log-prefix "drops: "'],
    ['filter', '-A FORWARD -j NFLOG --nflog-group 1'],
  ] as const)
    assert.equal(asked(table, rule).works, 'yes', rule);
});

test('a match that is not walked is unknown with its rule and its kernel file, and only where it can matter', () => {
  for (const [match, file] of [
    ['hashlimit --hashlimit-above 1kb/sec --hashlimit-mode srcip --hashlimit-name x', 'xt_hashlimit.c'],
    ['bpf --bytecode "1,6 0 0 0"', 'xt_bpf.c'],
    ['u32 --u32 "0=0"', 'xt_u32.c'],
    ['string --string x --algo bm', 'xt_string.c'],
  ] as const) {
    const { works, reason } = asked('filter', `-A FORWARD -m ${match} -j DROP`);
    assert.equal(works, 'unknown', match);
    assert.match(reason.gap?.detail ?? '', new RegExp(`^nodes/A/.*:\\d+: .*${file.replace('.', '\\.')}`));
    assert.equal(asked('filter', `-A FORWARD -p udp -m ${match} -j DROP`).works, 'yes', match);
    assert.equal(asked('filter', `-A FORWARD -m ${match} -j LOG`).works, 'yes', match);
  }
});

test('where it does not matter whether a rule matches, a chain that it may enter may count once more than it did', () => {
  const rules = ['-A INNER -m comment --comment inner', '-A FORWARD -j INNER', '-A FORWARD -m u32 --u32 "0=0" -j INNER'];
  const built = rules.reduceRight((now, rule) => now.rule(scope, 'mangle', rule, 0), healthy);
  const [outcome] = trace(worldOf(built.facts), flow).outcomes;
  const steps = outcome?.hops.flatMap((hop) => hop.steps).filter(({ says }) => says.startsWith('mangle FORWARD')) ?? [];
  const inner = built.facts
    .partition('iptables', scope)
    ?.facts.flatMap(({ chains }) => chains)
    .find(({ name }) => name === 'INNER')?.rules[0]?.origin;
  const times = (origins: readonly unknown[] = []) => origins.filter((origin) => origin === inner).length;
  assert.deepEqual(
    steps.map(({ counted, mayCount }) => [times(counted), times(mayCount)]),
    [[1, 1]],
  );
});
