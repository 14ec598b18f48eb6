import { deleteRule, insertRule } from '#actions/iptables-rule/preview';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import type { BareRule } from '#facts/iptables/iptables';
import { writtenRule } from '#facts/iptables/written-rule';
import { flannelConfig } from '#intent/flannel/device';
import { masquerading } from '#intent/flannel/masquerade';
import { type Cidr, parseCidr } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** What leaves the pod network, masqueraded. */
const leaving = (subnet: Cidr, network: Cidr): BareRule =>
  writtenRule('POSTROUTING', {
    source: { value: subnet, not: false },
    destination: { value: network, not: true },
    target: 'MASQUERADE',
  });

/** Docker's rule goes, or the missing one comes. */
export function fix({ node, subnet, who }: Found, { facts }: View): Plan {
  const cidr = parseCidr(subnet);
  const now = cidr === undefined ? undefined : masquerading(facts, node, cidr);
  const docker = now?.is === 'seen' ? now.value.docker : undefined;
  const nat = now?.is === 'seen' ? now.value.tables.find(({ table, family }) => table === 'nat' && family === 4) : undefined;
  const network = flannelConfig(facts)?.network;
  const scope = onNode(node);
  const drop =
    who === 'both' && docker !== undefined ? [deleteRule(scope, docker.table, docker.chain.name, docker.position, docker.rule)] : [];
  const length = nat?.chains.find(({ name }) => name === 'POSTROUTING')?.rules.length ?? 0;
  const add =
    who === 'neither' && cidr !== undefined && network !== undefined && nat !== undefined
      ? [insertRule(scope, nat, 'POSTROUTING', length + 1, leaving(cidr, network))]
      : [];
  return {
    steps: [...drop, ...add],
    ...(drop.length + add.length === 0 ? { manual } : {}),
    blast: {
      en: 'new connections have the other source address; those that are tracked keep theirs',
      zh: '新建连接使用新的源地址；已被跟踪的连接保持不变',
    },
    lasting: {
      en: 'exactly one of the two: flanneld -ip-masq=true with Docker --ip-masq=false. mk-docker-opts.sh turns FLANNEL_IPMASQ round for Docker; it must run after each start of flanneld, and docker.service must read /run/flannel/docker',
      zh: '二者只能有一个做 SNAT：flanneld -ip-masq=true 且 Docker --ip-masq=false。mk-docker-opts.sh 会把 FLANNEL_IPMASQ 取反写给 Docker，须在每次 flanneld 启动后运行，且 docker.service 要读取 /run/flannel/docker',
    },
  };
}

const manual: Plan['blast'] = {
  en: 'restart flanneld with -ip-masq=true, then Docker with the options that mk-docker-opts.sh writes',
  zh: '以 -ip-masq=true 重启 flanneld，再以 mk-docker-opts.sh 写出的参数重启 Docker',
};
