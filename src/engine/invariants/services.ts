import { grouped } from '#facts/grouped';
import { podsOf } from './pods.ts';
import { endpointRules } from '#dataplane/service-rules';
import type { Facts } from '#facts/facts';
import { onNode, type Scope } from '#snapshot/scope';
import { familyOf, parseIp, type Ip } from '#net/ip';
import type { Check } from '../check.ts';
import { flowCheck } from './flow-check.ts';

/** A Service's address as a node's own rules or the API name it. */
type Front = { readonly name: string; readonly address: Ip; readonly protocol: 'tcp' | 'udp'; readonly port: number };

/** One pod of each node, and the node itself, reach each Service that has endpoints; and each of its endpoints does, itself included. */
export function serviceChecks(facts: Facts): readonly Check[] {
  const pods = grouped(podsOf(facts), ({ node }) => node);
  const behind = grouped(endpointRules(facts), ({ node, service }) => `${node}\0${service}`);
  return [...pods].flatMap(([node, own]) =>
    frontsOf(facts, node).flatMap((front) => {
      const endpoints = new Set((behind.get(`${node}\0${front.name}`) ?? []).map(({ endpoint }) => endpoint));
      const asking = own.filter(({ address }, at) => at === 0 || (address !== null && endpoints.has(address)));
      return [
        check('node-service', `${node}→${front.name}`, onNode(node), front, node),
        ...asking.map((pod) => check('pod-service', `${pod.text}→${front.name}`, pod.scope, front, pod.text)),
      ];
    }),
  );
}

function check(kind: string, id: string, from: Scope, { name, address, protocol, port }: Front, who: string): Check {
  return flowCheck(
    kind,
    `${id}/${protocol}`,
    { from, to: address, protocol, port },
    {
      en: `${who} reaches the Service ${name} at ${address}:${port}/${protocol}`,
      zh: `${who} 能访问 Service ${name}(${address}:${port}/${protocol})`,
    },
  );
}

/** kube-proxy's own words in its rules: `-d IP/32 -p tcp … "ns/name:port cluster IP" … --dport N -j KUBE-SVC-…`. */
function frontsOf(facts: Facts, node: string): readonly Front[] {
  const tables = facts.seen('iptables', onNode(node));
  if (tables.is === 'gap') return [];
  const chains = tables.value.filter(({ table }) => table === 'nat').flatMap((table) => table.chains);
  return chains
    .filter(({ name }) => name === 'KUBE-SERVICES')
    .flatMap(({ rules }) => rules)
    .flatMap((rule): Front[] => {
      const comment = rule.matches.find(({ name }) => name === 'comment')?.options[0]?.values[0];
      const port = rule.matches.flatMap(({ options }) => options).find(({ name }) => name.replace(/^-+/, '') === 'dport')?.values[0];
      const address = parseIp(rule.destination?.value.split('/')[0] ?? '');
      const protocol = rule.protocol?.value;
      if (comment === undefined || !comment.endsWith(' cluster IP') || address === undefined || familyOf(address) !== 4) return [];
      if ((protocol !== 'tcp' && protocol !== 'udp') || port === undefined || rule.target?.name.startsWith('KUBE-SVC-') !== true) return [];
      return [{ name: comment.slice(0, -' cluster IP'.length), address, protocol, port: Number(port) }];
    });
}
