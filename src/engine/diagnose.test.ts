import assert from 'node:assert/strict';
import test from 'node:test';
import { faults } from '#faults/faults';
import { CLUSTER } from '#snapshot/scope';
import { type Break, type BreakName, breaks } from '#testing/breaks';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { type Check, failed } from './check.ts';
import { diagnose, verdictIn } from './diagnose.ts';
import type { Fault } from './fault.ts';
import type { Diagnosis } from './finding.ts';
import { invariants } from './invariants.ts';
import { flowCheck } from './invariants/flow-check.ts';
import { lookAt } from './look.ts';
import { previewPlan } from './preview.ts';
import { unknown } from './ruling.ts';
import { subjectText } from './subject.ts';

const known: readonly Fault[] = faults as readonly unknown[] as readonly Fault[];
const healthy = cluster();
const A = healthy.node('A');
const D = healthy.node('D');

const diagnosed = (built: BuiltCluster, more: readonly Check[] = []): Diagnosis =>
  diagnose(built.facts, known, [...invariants(built.facts), ...more]);
const named = ({ findings }: Diagnosis): readonly string[] => findings.map(({ fault, subject }) => `${fault.id} ${subjectText(subject)}`);

test('a healthy cluster has no finding, nothing unexplained and every check answered', () => {
  const diagnosis = diagnosed(healthy);
  assert.deepEqual(named(diagnosis), []);
  assert.deepEqual([diagnosis.unexplained, diagnosis.unknown], [[], []]);
  const { asked, passed, failed: broken, unknown } = diagnosis.coverage.checks;
  assert.deepEqual([passed, broken, unknown], [asked, 0, 0]);
  assert.deepEqual(diagnosis.coverage.nodes, ['A', 'B', 'C', 'D']);
  assert.equal(new Set(diagnosis.checks.map(({ id }) => id)).size, asked, 'ids of checks are unique');
});

for (const [name, { fault, subject, make }] of Object.entries<Break>(breaks)) {
  test(`one fault, one finding, proved, its look-alikes ruled out: ${name}`, () => {
    const diagnosis = diagnosed(make(healthy));
    assert.deepEqual(named(diagnosis), [`${fault} ${subject(healthy)}`]);
    const [finding] = diagnosis.findings;
    assert.ok(finding !== undefined && finding.evidence.length > 0);
    assert.equal(finding.status, 'proved');
    assert.deepEqual(finding.excludes.map((one) => one.fault).sort(), [...finding.fault.lookAlikes].sort());
    for (const { fault: id, evidence } of finding.excludes) assert.ok(evidence.length > 0, `${id} is excluded by evidence`);
    assert.deepEqual(diagnosis.unexplained, []);
    assert.deepEqual([...finding.explains].sort(), failing(diagnosis).sort(), 'it explains all that fails');
  });
}

test('what may wait behind another cause is masked by what was found, and else not known: it is never left out', () => {
  const waiting = known.filter(({ id }) => id === 'ip-forward-off').map((fault): Fault => ({ ...fault, judge: () => unknown() }));
  const because = (built: BuiltCluster, faultsToo: readonly Fault[]): readonly string[] =>
    diagnose(built.facts, [...waiting, ...faultsToo], invariants(built.facts)).unknown.map((one) =>
      one.because.is === 'masked' ? `masked by ${one.because.by}` : one.because.gaps.map(({ detail }) => detail).join(),
    );
  const hidden = 'it may wait behind what else stands in the way, and nothing was found that does';
  assert.deepEqual(because(healthy, []), [hidden, hidden, hidden, hidden]);
  const broken = breaks['stale MAC of D'];
  const mask = `masked by ${broken.fault} ${broken.subject(healthy)}`;
  const others = known.filter(({ id }) => id === broken.fault);
  assert.deepEqual([...new Set(because(broken.make(healthy), others))], [mask]);
});

const failing = ({ checks }: Diagnosis): string[] => checks.filter(failed).map(({ id }) => id);

test('what a finding explains is what really passes on the facts that its fix leaves', () => {
  const { facts } = breaks['stale MAC of D'].make(healthy);
  const [finding] = diagnose(facts, known, invariants(facts)).findings;
  const after = finding === undefined ? undefined : previewPlan(facts, finding.fix);
  assert.ok(finding !== undefined && after?.is === 'facts');
  const view = lookAt(after.facts, invariants(facts));
  const passing = new Set(view.checks.filter(({ answered }) => answered.result === 'pass').map(({ id }) => id));
  assert.ok(finding.explains.length > 0 && finding.explains.every((id) => passing.has(id)));
  for (const { check, before, after: then } of finding.counterfactual) {
    assert.equal(before, 'fail');
    assert.equal(then === 'pass', passing.has(check));
  }
});

const TWINS: Readonly<Record<string, BuiltCluster>> = {
  'FORWARD drops, and FLANNEL-FWD accepts before it': healthy.policy(D.scope, 'filter', 'FORWARD', 'DROP'),
  'strict rp_filter where every way is symmetric': healthy.nodes.reduce(
    (now, { scope }) => now.sysctl(scope, 'net.ipv4.conf.all.rp_filter', 1),
    healthy,
  ),
  'the tunnel is filtered from a foreign network only': healthy.rule(
    D.scope,
    'filter',
    '-A INPUT -s 203.0.113.0/24 -p udp -m udp --dport 8472 -j DROP',
    0,
  ),
};
for (const [name, built] of Object.entries(TWINS)) {
  test(`a suspicious bit that harms nobody is no finding: ${name}`, () => {
    const diagnosis = diagnosed(built);
    assert.deepEqual(named(diagnosis), []);
    assert.deepEqual(diagnosis.unknown, []);
  });
}

test('a fault whose fix mends nothing is dropped, and the failing checks stay unexplained', () => {
  const { facts } = breaks['host firewall on D'].make(healthy);
  const stranger: Fault = {
    ...(known.find(({ id }) => id === 'ip-forward-off') as Fault),
    id: 'a-stranger',
    is: { en: 'a fault that nobody knows', zh: '未知的故障' },
    judge: () => ({ is: 'found', params: {}, evidence: [{ file: 'nodes/D/sysctl_-a', line: 1 }] }),
    fix: () => ({
      steps: [{ do: 'sysctl', on: D.scope, params: { name: 'net.ipv4.ip_default_ttl', value: '65', file: null } }],
      blast: { en: '', zh: '' },
    }),
  };
  const diagnosis = diagnose(facts, [stranger], invariants(facts));
  assert.deepEqual(named(diagnosis), []);
  assert.equal(diagnosis.unexplained.length, diagnosis.coverage.checks.failed);
  assert.ok(diagnosis.unexplained.every(({ says }) => says !== ''));
});

test('a node that was not captured leaves what lies on it unknown, with what to capture', () => {
  const diagnosis = diagnosed(breaks['stale MAC of D'].make(healthy).withoutNode('D'));
  assert.ok(diagnosis.findings.every(({ status }) => status !== 'proved'));
  const about = diagnosis.unknown.filter(({ fault }) => fault === 'vxlan-vtep-mac-stale');
  assert.ok(about.length > 0, JSON.stringify(named(diagnosis)));
  assert.ok(about.every(({ because }) => because.is === 'gap' && because.gaps.some(({ capture }) => capture !== undefined)));
});

test('without the leases nothing is blamed on them, and they are named as the gap', () => {
  const diagnosis = diagnosed(breaks['stale MAC of D'].make(healthy).without('lease', CLUSTER));
  assert.ok(!named(diagnosis).some((one) => one.startsWith('vxlan-vtep-mac-stale')));
  assert.ok(
    diagnosis.unknown.some(({ fault, because }) => fault === 'vxlan-vtep-mac-stale' && because.is === 'gap' && because.gaps.length > 0),
  );
});

test('a harm that comes with the next boot is found although every check passes', () => {
  const diagnosis = diagnosed(healthy.change('sysctl-file', D.scope, () => true, { settings: [] }));
  assert.deepEqual(named(diagnosis), ['ip-forward-not-persistent node/D']);
  assert.equal(diagnosis.findings[0]?.fault.severity, 'warning');
  assert.equal(diagnosis.findings[0]?.status, 'proved', 'its own question turns from fail to pass');
  assert.deepEqual(diagnosis.findings[0]?.explains, []);
});

test('measured to fail where every captured step lets it through: bracketed between two named points', () => {
  const flow = { from: healthy.pod('A').scope, to: healthy.pod('D').address, protocol: 'icmp' } as const;
  const check: Check = {
    ...flowCheck('observed', 'ping', flow, { en: 'ping', zh: 'ping' }, 'observation'),
    observed: { result: 'fail', origins: [], says: '100% packet loss' },
  };
  const diagnosis = diagnosed(healthy, [check]);
  assert.deepEqual(named(diagnosis), []);
  const [open] = diagnosis.unexplained;
  assert.equal(diagnosis.unexplained.length, 1);
  assert.deepEqual([open?.bracket?.from, open?.bracket?.to], [`A ${A.uplink}`, `D ${D.uplink}`]);
});

test('a check that was measured is counted once, as it was measured', () => {
  const blind = healthy.without('iptables', D.scope);
  const flow = { from: healthy.pod('D').scope, to: healthy.pod('A').address, protocol: 'icmp' } as const;
  const counted = (result: 'pass' | 'fail') => {
    const observed = { result, origins: [], says: 'measured by ping' };
    return diagnosed(blind, [{ ...flowCheck('observed', 'ping', flow, { en: 'ping', zh: 'ping' }, 'observation'), observed }]).coverage
      .checks;
  };
  const before = diagnosed(blind).coverage.checks;
  assert.deepEqual(counted('fail'), { ...before, asked: before.asked + 1, failed: before.failed + 1 });
  assert.deepEqual(counted('pass'), { ...before, asked: before.asked + 1, passed: before.passed + 1 });
});

test('coverage counts checks and verdicts, and says why checks are unknown', () => {
  const { coverage, checks } = diagnosed(healthy.without('iptables', D.scope));
  const count = (result: string): number => checks.filter(({ answered }) => answered.result === result).length;
  assert.equal(coverage.checks.asked, checks.length);
  assert.deepEqual([coverage.checks.passed, coverage.checks.unknown], [count('pass'), count('unknown')]);
  assert.ok(coverage.checks.unknown > 0);
  assert.equal(
    coverage.reasons.reduce((sum, reason) => sum + reason.checks, 0),
    coverage.checks.unknown,
  );
  assert.match(coverage.reasons[0]?.says ?? '', /iptables facts of D/);
  assert.match(coverage.reasons[0]?.capture ?? '', /^iptables-save/);
  assert.ok(coverage.verdicts.absent > 0 && coverage.verdicts.unknown > 0);
});

test('the verdict that verifies a mend: found, absent, or unknown', () => {
  const { fault, subject, make } = breaks['ip_forward off on D' satisfies BreakName];
  const about = (built: BuiltCluster): string => verdictIn(diagnosed(built), fault, subject());
  assert.equal(about(make(healthy)), 'found');
  assert.equal(about(healthy), 'absent');
  assert.equal(about(healthy.without('sysctl', D.scope)), 'unknown');
});
