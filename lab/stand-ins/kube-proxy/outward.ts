import { BlockList } from 'node:net';
import type { OutwardService } from '../../vocabulary.ts';
import { listIn, type Message, messageIn } from '../etcd/messages.ts';

/** The node for which rules are written. */
export type Own = { readonly name: string; readonly address: string };

const texts = (value: unknown): readonly string[] => listIn(value).map(String);
const number = (value: unknown): number | null => (typeof value === 'number' && value > 0 ? value : null);

/** What a Service port asks for beyond its cluster IP, as its object says; nothing for a plain one. `local` are the node's own endpoints. */
export function outwardOf(service: Message, port: Message, node: Own, local: ReadonlySet<string>): OutwardService | undefined {
  const [spec, status] = [messageIn(service['spec']), messageIn(service['status'])];
  const balancers = listIn(messageIn(status['loadBalancer'])['ingress'])
    .map(messageIn)
    .filter(({ ip, ipMode }) => typeof ip === 'string' && ipMode !== 'Proxy')
    .map(({ ip }) => String(ip));
  const sourceRanges = texts(spec['loadBalancerSourceRanges']);
  const affinity = messageIn(messageIn(spec['sessionAffinityConfig'])['clientIP'])['timeoutSeconds'];
  const outward: OutwardService = {
    externalIps: texts(spec['externalIPs']),
    balancers,
    nodePort: number(port['nodePort']),
    healthCheckNodePort: number(spec['healthCheckNodePort']),
    sourceRanges,
    isNodeInRange: sourceRanges.some((range) => isIn(node.address, range)),
    isExternalLocal: spec['externalTrafficPolicy'] === 'Local',
    affinitySeconds: spec['sessionAffinity'] === 'ClientIP' ? (number(affinity) ?? 10_800) : null,
    here: [...local].sort(),
  };
  const { externalIps, nodePort, affinitySeconds } = outward;
  const isPlain = externalIps.length + balancers.length === 0 && nodePort === null && affinitySeconds === null;
  return isPlain ? undefined : outward;
}

function isIn(address: string, range: string): boolean {
  const [base = '', length = '32'] = range.split('/');
  const list = new BlockList();
  list.addSubnet(base, Number(length));
  return list.check(address);
}
