import { setLinkUp } from '#actions/link/preview';
import action from '#actions/link/preview';
import { ip } from '#net/ip';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const pod = healthy.pod('D');
const { scope } = healthy.node('D');
const subject = `pod/${pod.name}`;

/** A device goes down with all that the kernel does then. */
const down = (built: BuiltCluster, at: typeof scope, device: string) => {
  const preview = action.preview(built.facts, setLinkUp(at, device, false));
  if (preview.is === 'unknown') throw new Error(preview.gap.detail);
  return preview.facts;
};

const lo = healthy.facts.seen('link', pod.scope);
const spare = lo.is === 'seen' ? lo.value.find(({ name }) => name === 'lo') : undefined;
if (spare === undefined) throw new Error('a pod has a loopback device');
const second = healthy.put('link', pod.scope, { ...spare, name: 'net1', type: 'bridge', index: 9, up: false }).put('address', pod.scope, {
  dev: 'net1',
  address: ip`10.254.7.2`,
  length: 24,
  peer: null,
  broadcast: null,
  scope: 'global',
  secondary: false,
  deprecated: false,
  label: 'net1',
});

cases(fault, {
  found: [
    {
      name: "the node's end is down",
      facts: healthy.link(scope, pod.veth, { up: false, carrier: false, operState: 'DOWN' }).link(pod.scope, pod.device, { carrier: false })
        .facts,
      subject,
    },
    { name: "the node's end is down, with all that the kernel does then", facts: down(healthy, scope, pod.veth), subject },
    { name: "the pod's end is down", facts: down(healthy, pod.scope, pod.device), subject },
  ],
  absent: [
    { name: 'all ends are up', facts: healthy.facts },
    { name: 'a second interface of the pod is down', facts: second.facts },
  ],
  unknown: [{ name: "the pod's devices were not read", facts: healthy.without('address', pod.scope).facts, subject }],
});
