import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from './trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 2 });
const A = healthy.node('A').scope;
const RESET = '-A FORWARD -p tcp -m tcp --dport 80 -j REJECT --reject-with tcp-reset';

/** What a pod gets as an answer where a rule of its node resets what it sends, and OUTPUT drops every reset. */
function answered(rule: string): string | undefined {
  const built = healthy.rule(A, 'filter', rule, 0).rule(A, 'filter', '-A OUTPUT -p tcp -m tcp --tcp-flags RST RST -j DROP', 0);
  const [outcome] = trace(worldOf(built.facts), {
    from: healthy.pod('A').scope,
    to: healthy.pod('B').address,
    protocol: 'tcp',
    port: 80,
  }).outcomes;
  return outcome?.answer?.kind;
}

/** Seen on Linux 6.18 with bridge-nf-call-iptables: the reset left by the port of the bridge, and OUTPUT counted none. */
test("a rule's reset about what came in by a port of a bridge passes no hook (nf_send_reset)", () => {
  assert.equal(answered(RESET), 'rst');
});

test('an error that is no reset leaves as any packet of the machine does', () => {
  const prohibited = RESET.replace('tcp-reset', 'icmp-admin-prohibited');
  const dropping = healthy.rule(A, 'filter', prohibited, 0).rule(A, 'filter', '-A OUTPUT -p icmp -j DROP', 0);
  const flow = { from: healthy.pod('A').scope, to: healthy.pod('B').address, protocol: 'tcp', port: 80 } as const;
  assert.equal(trace(worldOf(dropping.facts), flow).outcomes[0]?.answer?.kind, 'silence');
});
