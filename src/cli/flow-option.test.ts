import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { USUAL_POLICY } from '#testing/built/api';
import { written } from '#testing/built/written';
import { cluster } from '#testing/world-builder';
import { parseFlow } from './flow-option.ts';

const offers = (port: number, protocol: 'TCP' | 'UDP') => [{ name: undefined, port, protocol, targetPort: undefined, nodePort: null }];
const bare = { namespace: 'default', type: 'ClusterIP', selector: null, policy: USUAL_POLICY };
const facts = cluster().facts.with(
  written('service', CLUSTER, 'api/services', [
    { ...bare, name: 'web', clusterIps: [ip`10.96.31.62`], ports: offers(80, 'TCP') },
    { ...bare, name: 'syslog', clusterIps: [ip`10.96.7.7`], ports: offers(514, 'UDP') },
  ]),
);

test('the ends of a flow are written as for a trace: IPv6 with and without a port, a Service by its one port and protocol', () => {
  const to = (text: string): readonly unknown[] => {
    const { to: address, protocol, port } = parseFlow(`default/web-a→${text}`, facts);
    return [address, protocol, port];
  };
  assert.deepEqual(to('2001:db8::10/icmp'), ['2001:db8::10', 'icmp', undefined]);
  assert.deepEqual(to('[2001:db8::1]:80/tcp'), ['2001:db8::1', 'tcp', 80]);
  assert.deepEqual(to('svc/default/web'), ['10.96.31.62', 'tcp', 80]);
  assert.deepEqual(to('svc/default/syslog'), ['10.96.7.7', 'udp', 514]);
  assert.deepEqual(to('syslog.default.svc.cluster.local:514'), ['10.96.7.7', 'udp', 514]);
  assert.deepEqual(to('syslog:514/tcp'), ['10.96.7.7', 'tcp', 514]);
  assert.deepEqual(to('D:132/sctp').slice(1), ['sctp', 132]);
  assert.deepEqual(parseFlow('default/web-a -> D:22', facts), parseFlow('default/web-a, D:22/tcp', facts));
  assert.throws(() => parseFlow('192.0.2.1→D:22', facts), /192\.0\.2\.1 was not captured/);
});
