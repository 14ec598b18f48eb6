import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { ipvsMatchText } from '#facts/ipvs-service/ipvs-service';
import type { Gap } from '#snapshot/gap';
import { CLUSTER, onNode } from '#snapshot/scope';
import { behindAddress } from './behind-address.ts';
import type { Behind, Owned } from './owned.ts';

type Virtual = FactOf<'ipvs-service'>;

/** The devices on which programs put the addresses of their virtual servers. */
const DEVICES: ReadonlyMap<string, string> = new Map([
  ['kube-ipvs0', 'kube-proxy'],
  ['kube-dummy-if', 'kube-router'],
]);

/** Whose a virtual server of IPVS is, and which Service and pods are behind it. */
export function ipvsTold(facts: Facts, virtual: Virtual, node: string): Pick<Owned, 'owner' | 'because' | 'behind' | 'text' | 'gaps'> {
  const { match, scheduler, servers } = virtual;
  const text = `${ipvsMatchText(match)} ${scheduler}`;
  const services = match.by === 'mark' ? [] : servicesAt(facts, match);
  const behind = [...services, ...servers.flatMap(({ address }) => behindAddress(facts, address))];
  const links = facts.seen('link', onNode(node));
  const device = links.is === 'gap' ? undefined : links.value.find(({ name }) => DEVICES.has(name))?.name;
  const owner = device === undefined || services.length === 0 ? null : (DEVICES.get(device) ?? null);
  const gaps =
    owner === null && match.by !== 'mark'
      ? [facts.seen('service', CLUSTER), links].flatMap((read) => (read.is === 'gap' ? [read.gap] : []))
      : [];
  return { owner, because: reasonOf(owner, device, gaps), behind, text, gaps };
}

function reasonOf(owner: string | null, device: string | undefined, gaps: readonly Gap[]): string {
  if (owner !== null) return `a Service has this address and port, and ${owner} serves them here: ${device} is its device`;
  if (gaps.length > 0) return 'whether a Service has this address and port, and who serves it here, was not read';
  return 'no Service has this address and port on a node that shows who serves them: a person, or a program such as keepalived';
}

/** The Services that have an address and port, or at any address of a node the port. */
function servicesAt(facts: Facts, { protocol, address, port }: Extract<Virtual['match'], { by: 'address' }>): readonly Behind[] {
  const read = facts.seen('service', CLUSTER);
  const at = `${address}:${port}/${protocol}`;
  return (read.is === 'gap' ? [] : read.value).flatMap(({ namespace, name, clusterIps, ports, policy, origin }): Behind[] => {
    const balancers = policy?.loadBalancer.flatMap((one) => one.address ?? []) ?? [];
    const isOwn = [...clusterIps, ...(policy?.externalIps ?? []), ...balancers].includes(address);
    const own = ports.filter((one) => one.protocol.toLowerCase() === protocol && (isOwn ? one.port === port : one.nodePort === port));
    return own.map(({ name: portName }): Behind => {
      const because = isOwn ? `${at} is where it is found` : `${port} is its node port`;
      return {
        kind: 'Service',
        name: `${namespace}/${name}${portName === undefined || portName === '' ? '' : `:${portName}`}`,
        because,
        origin,
      };
    });
  });
}
