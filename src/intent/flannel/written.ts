import type { Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { Cidr } from '#net/cidr';
import { nthAddress } from '#net/cidr';
import type { Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { flanneldFlag, flanneldUnit } from './daemon.ts';
import { masquerades } from './own-rules.ts';

const SUBNET_FILE = '/run/flannel/subnet.env';
/** Where flannel's script writes when nobody tells it (dist/mk-docker-opts.sh). */
const DOCKER_FILE = '/run/docker_opts.env';

/** The first usable address of a subnet: what subnet.env names as the bridge's. */
export const gatewayOf = (subnet: Cidr): Ip => nthAddress(subnet, 1);

/** The files of a flanneld that starts: subnet.env, and Docker's options where its unit runs mk-docker-opts.sh after each start. */
export function writtenFiles(facts: Facts, node: string, network: Cidr, subnet: Cidr, mtu: number | undefined): readonly Edit[] {
  const scope = onNode(node);
  const [gateway, ipMasq] = [gatewayOf(subnet), masquerades(facts, node)];
  const path = flanneldFlag(facts, node, 'subnet-file') ?? SUBNET_FILE;
  const file: Edit = { op: 'put', kind: 'subnet-env', scope, fact: { path, network, gateway, subnet, mtu, ipMasq } };
  const place = dockerFile(facts, node);
  if (place === undefined) return [file];
  // the script turns the flag round: exactly one of the two masquerades
  const masquerade = ipMasq === undefined ? undefined : !ipMasq;
  const options = { place, bridgeAddress: gateway, bridgeSubnet: subnet, mtu, ipMasq: masquerade, iptables: null };
  return [file, { op: 'put', kind: 'docker-options', scope, fact: options }];
}

/** The file that mk-docker-opts.sh writes after each start of flanneld; nothing where its unit does not run it. */
function dockerFile(facts: Facts, node: string): string | undefined {
  const after = flanneldUnit(facts, node)?.directives?.get('Service.ExecStartPost') ?? [];
  const words = after.find((line) => line.includes('mk-docker-opts'))?.split(/\s+/);
  if (words === undefined) return undefined;
  const flag = words.indexOf('-d');
  return (flag < 0 ? undefined : words[flag + 1]) ?? DOCKER_FILE;
}
