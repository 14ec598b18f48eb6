import { app, guarded, policy, walled, withPolicies } from '#testing/built/policies';
import { changedObject, followedCluster } from '#testing/built/following';
import { written } from '#testing/built/written';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import { CLUSTER } from '#snapshot/scope';
import fault from './fault.ts';

const healthy = cluster();
const pod = healthy.pod('D');
const closed = policy('closed', app('web-alone'), {});
const fromApp = policy('from-app', app('web-alone'), {
  ingress: [{ path: 'spec.ingress[0]', peers: [{ is: 'pods', pods: app('app-alone'), namespaces: null }], ports: null }],
});
const ANYONE = {
  nets: null,
  notNets: [],
  selector: '',
  notSelector: '',
  namespaceSelector: '',
  serviceAccounts: null,
  service: null,
  ports: null,
  notPorts: [],
} as const;
const RULE = { ipVersion: null, protocol: null, notProtocol: null, icmp: null, notIcmp: null, unclear: null } as const;

/** Calico's: by name, and before all others. */
const byName = written('calico-policy', CLUSTER, 'api/globalnetworkpolicies', [
  {
    namespace: null,
    name: 'no-web',
    tier: 'default',
    order: 10,
    selector: "app == 'web-alone'",
    namespaceSelector: '',
    serviceAccountSelector: '',
    types: ['Ingress'],
    ingress: [
      {
        ...RULE,
        path: 'spec.ingress[0]',
        action: 'Deny',
        protocol: 'TCP',
        source: { ...ANYONE, selector: "app == 'web'" },
        destination: ANYONE,
      },
      { ...RULE, path: 'spec.ingress[1]', action: 'Allow', source: ANYONE, destination: ANYONE },
    ],
    egress: [],
    applyOnForward: false,
    preDnat: false,
    doNotTrack: false,
  },
]);
const denied = ['A', 'B', 'C'].map((node) => `-s ${healthy.pod(node).address}/32 -p tcp`);
const isolated = guarded(healthy, pod, { in: [] });

/** Web pods may come in to web pods, nobody else may; none of them is ready. */
const fromWeb = policy('from-web', app('web'), {
  ingress: [{ path: 'spec.ingress[0]', peers: [{ is: 'pods', pods: app('web'), namespaces: null }], ports: null }],
});
const webs = ['B', 'C', 'D'].map((node) => `-s ${healthy.pod(node).address}/32`);
const behind = (built = guarded(healthy, healthy.pod('A'), { in: webs })) =>
  changedObject(
    followedCluster(built),
    'pod',
    ({ labels }) => labels?.['app'] === 'web',
    (one) => ({ ...one, ready: false }),
  ).with(written('network-policy', CLUSTER, 'api/networkpolicies', [fromWeb]));

cases(fault, {
  found: [
    { name: 'nothing may come in', facts: withPolicies(isolated, closed), subject: 'policy/NetworkPolicy/default/closed' },
    {
      name: 'only pods of another label may come in',
      facts: withPolicies(guarded(healthy, pod, { in: [`-s ${healthy.pod('C', 1).address}/32`] }), fromApp),
      subject: 'policy/NetworkPolicy/default/from-app',
    },
    {
      name: 'a rule of a GlobalNetworkPolicy denies it by name',
      facts: withPolicies(walled(healthy, pod, denied)).with(byName),
      subject: 'policy/GlobalNetworkPolicy/no-web',
    },
  ],
  absent: [
    { name: 'nobody carries policies out', facts: withPolicies(healthy, closed) },
    { name: 'the policy selects nothing', facts: withPolicies(healthy, policy('closed', app('nobody'), {})) },
    {
      name: 'everything is allowed',
      facts: withPolicies(
        guarded(healthy, pod, { in: ['-p tcp'] }),
        policy('open', app('web-alone'), { ingress: [{ path: '', peers: null, ports: null }] }),
      ),
    },
    { name: 'nobody carries policies out, and none of its pods is ready', facts: behind(healthy) },
    { name: 'rules drop what no policy denies', facts: withPolicies(isolated, policy('closed', app('nobody'), {})) },
  ],
  unknown: [
    { name: 'none of its pods is ready, so that nobody gets so far', facts: behind() },
    { name: 'the pods were not listed', facts: withPolicies(isolated, closed).without('pod', CLUSTER) },
    { name: 'the policies were not listed', facts: withPolicies(isolated, closed).without('network-policy', CLUSTER) },
  ],
});
