import { onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'default-route-missing',
  title: { en: 'a node lost its default route', zh: '节点丢失默认路由' },
  play: ({ victim, underlay, services }) => ({
    break: [onNode(victim, 'ip route del default')],
    heal: [onNode(victim, `ip route replace default via ${underlay.gateway} dev ${victim.uplink}`)],
    probes: services
      .filter(({ protocol, port }) => protocol === 'tcp' && port === 80)
      .map(({ clusterIp, port }) => ({ from: { node: victim.name }, to: clusterIp, protocol: 'tcp', port, broken: 'unreachable' })),
    expect: { subject: `node/${victim.name}` },
    symptom: `on ${victim.name} curl of any ClusterIP says Network is unreachable, in its pods it works`,
  }),
  twins: [
    {
      name: 'there is no default route, but one for the Service range',
      play: ({ victim, underlay, services }) => ({
        make: [
          onNode(victim, `ip route add 10.96.0.0/12 via ${underlay.gateway} dev ${victim.uplink}`),
          onNode(victim, 'ip route del default'),
        ],
        unmake: [
          onNode(victim, `ip route replace default via ${underlay.gateway} dev ${victim.uplink}`),
          onNode(victim, 'ip route del 10.96.0.0/12'),
        ],
        probes: services
          .filter(({ protocol, port }) => protocol === 'tcp' && port === 80)
          .map(({ clusterIp, port }) => ({ from: { node: victim.name }, to: clusterIp, protocol: 'tcp', port })),
      }),
    },
    {
      name: 'two halves stand for the default route, as VPN clients write it',
      play: ({ victim, underlay, services }) => ({
        make: [
          onNode(victim, `ip route add 0.0.0.0/1 via ${underlay.gateway} dev ${victim.uplink}`),
          onNode(victim, `ip route add 128.0.0.0/1 via ${underlay.gateway} dev ${victim.uplink}`),
          onNode(victim, 'ip route del default'),
        ],
        unmake: [
          onNode(victim, `ip route replace default via ${underlay.gateway} dev ${victim.uplink}`),
          onNode(victim, 'ip route del 0.0.0.0/1'),
          onNode(victim, 'ip route del 128.0.0.0/1'),
        ],
        probes: services
          .filter(({ protocol, port }) => protocol === 'tcp' && port === 80)
          .map(({ clusterIp, port }) => ({ from: { node: victim.name }, to: clusterIp, protocol: 'tcp', port })),
      }),
    },
  ],
});
