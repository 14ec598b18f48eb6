import { type Cluster, type LabNode, onNode, scenario } from '#lab/vocabulary';

/** The first three nodes hold a pod each behind default/web; the first one's calls its own Service. */
const home = ({ nodes }: Cluster): LabNode => nodes[0] as LabNode;

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

/** Enough connections that one of them surely picks the caller. */
const calls = (cluster: Cluster) =>
  ({ from: { pod: home(cluster).pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80, times: 40, broken: 'fails' }) as const;

const JUMP = 'POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING';

const restarted = (cluster: Cluster) => [onNode(home(cluster), 'systemctl restart kube-proxy')];

const broken = (cluster: Cluster, run: string) => ({
  break: [onNode(home(cluster), run)],
  heal: restarted(cluster),
  probes: [calls(cluster)],
  expect: { subject: `node/${home(cluster).name}` },
});

export default scenario({
  fault: 'service-masquerade-missing',
  title: { en: 'nothing masquerades what Services need', zh: 'Service 流量没有做 SNAT' },
  play: (cluster) => ({
    ...broken(cluster, `iptables -t nat -D ${JUMP}`),
    symptom: `${home(cluster).pods[0].name} times out now and then when it calls the Service default/web, which it belongs to`,
  }),
  variants: [
    { name: 'the chain that masquerades is empty', play: (cluster) => broken(cluster, 'iptables -t nat -F KUBE-POSTROUTING') },
    { name: 'the chain that marks is empty', play: (cluster) => broken(cluster, 'iptables -t nat -F KUBE-MARK-MASQ') },
    {
      name: 'the mark is another one than is asked for',
      play: (cluster) => broken(cluster, 'iptables -t nat -R KUBE-MARK-MASQ 1 -j MARK --set-xmark 0x8000/0x8000'),
    },
  ],
  twins: [
    {
      name: "the jump is gone, and a person's rule masquerades by the same mark",
      play: (cluster) => ({
        make: [
          onNode(home(cluster), `iptables -t nat -D ${JUMP}`),
          onNode(home(cluster), 'iptables -t nat -I POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE'),
        ],
        unmake: [
          onNode(home(cluster), 'iptables -t nat -D POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE'),
          onNode(home(cluster), `iptables -t nat -I ${JUMP}`),
        ],
      }),
    },
    {
      name: 'it masquerades last, and without --random-fully',
      play: (cluster) => {
        const rule = '-m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE';
        return {
          make: [
            onNode(home(cluster), `iptables -t nat -D ${JUMP}`),
            onNode(home(cluster), `iptables -t nat -A ${JUMP}`),
            onNode(home(cluster), `iptables -t nat -R KUBE-POSTROUTING 3 ${rule}`),
          ],
          unmake: [
            onNode(home(cluster), `iptables -t nat -D ${JUMP}`),
            onNode(home(cluster), `iptables -t nat -I ${JUMP}`),
            onNode(home(cluster), `iptables -t nat -R KUBE-POSTROUTING 3 ${rule} --random-fully`),
          ],
        };
      },
    },
    {
      name: 'marks are set and asked for by another bit',
      play: (cluster) => ({
        make: [
          onNode(home(cluster), 'iptables -t nat -R KUBE-MARK-MASQ 1 -j MARK --set-xmark 0x8000/0x8000'),
          onNode(home(cluster), 'iptables -t nat -R KUBE-POSTROUTING 1 -m mark ! --mark 0x8000/0x8000 -j RETURN'),
        ],
        unmake: restarted(cluster),
      }),
    },
  ],
  needs: { api: true },
});
