import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from '../../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'tcp', port: 80 } as const;

/** Whether a SYN that TCPMSS saw is dropped behind it by what it offers. */
function works(target: string, mss: string): string | undefined {
  const rules = [`-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS ${target}`, `-p tcp -m tcp --syn -m tcpmss ${mss} -j DROP`];
  const built = rules.reduceRight((now, rule) => now.rule(scope, 'mangle', `-A FORWARD ${rule}`, 0), healthy);
  return trace(worldOf(built.facts), flow).outcomes[0]?.works;
}

test('what a sender offers is not known, only that it is not above what a rule made of it (tcpmss_mangle_packet)', () => {
  assert.equal(works('--set-mss 1200', '--mss 1201:65535'), 'yes');
  assert.equal(works('--set-mss 1200', '! --mss 1201:65535'), 'no');
  assert.equal(works('--set-mss 1200', '--mss 1:1200'), 'unknown', 'a sender may offer none, and then less is offered');
  assert.equal(works('--set-mss 9000', '--mss 1461:9000'), 'unknown', 'the offer may be less');
  assert.equal(works('--clamp-mss-to-pmtu', '--mss 1461:65535'), 'yes');
  assert.equal(works('--clamp-mss-to-pmtu', '--mss 1360'), 'unknown');
});
