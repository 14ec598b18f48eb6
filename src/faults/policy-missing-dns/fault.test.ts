import { CLUSTER } from '#snapshot/scope';
import { app, guarded, policy, withPolicies } from '#testing/built/policies';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const pod = healthy.pod('D');
const egress = (name: string, ...ports: readonly { readonly protocol: string; readonly port: number | null }[]) =>
  policy(name, app('web-alone'), {
    types: ['Egress'],
    egress: [{ path: 'spec.egress[0]', peers: null, ports: ports.map((port) => ({ ...port, endPort: null })) }],
  });
const tcp = egress('tcp', { protocol: 'TCP', port: null });
const http = egress('http', { protocol: 'TCP', port: 8080 }, { protocol: 'TCP', port: 6443 });
const onlyTcp = guarded(healthy, pod, { out: ['-p tcp'] });
const onlyHttp = guarded(healthy, pod, { out: ['-p tcp -m tcp --dport 8080', '-p tcp -m tcp --dport 6443'] });

cases(fault, {
  found: [
    { name: 'TCP may go anywhere, UDP nowhere', facts: withPolicies(onlyTcp, tcp), subject: 'policy/NetworkPolicy/default/tcp' },
    { name: 'two ports may be sent to', facts: withPolicies(onlyHttp, http), subject: 'policy/NetworkPolicy/default/http' },
  ],
  absent: [
    { name: 'nobody carries policies out', facts: withPolicies(healthy, tcp) },
    { name: 'the policy selects nothing', facts: withPolicies(healthy, { ...tcp, pods: app('nobody') }) },
    { name: 'nothing may be sent at all', facts: withPolicies(guarded(healthy, pod, { out: [] }), { ...tcp, egress: [] }) },
    {
      name: 'port 53 is allowed',
      facts: withPolicies(
        guarded(healthy, pod, { out: ['-p tcp', '-p udp -m udp --dport 53'] }),
        egress('dns', { protocol: 'TCP', port: null }, { protocol: 'UDP', port: 53 }),
      ),
    },
  ],
  unknown: [
    { name: 'the pods were not listed', facts: withPolicies(onlyTcp, tcp).without('pod', CLUSTER) },
    { name: 'the policies were not listed', facts: withPolicies(onlyTcp, tcp).without('network-policy', CLUSTER) },
  ],
});
