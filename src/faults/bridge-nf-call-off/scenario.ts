import { type Cluster, type LabNode, onNode, scenario } from '#lab/vocabulary';

const SETTING = 'net.bridge.bridge-nf-call-iptables';

/** A node with a pod behind default/web and another pod that asks for it. */
const home = ({ nodes }: Cluster): LabNode => nodes[0] as LabNode;

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

/** So many connections that one of them surely goes to the endpoint next door. */
const calls = (cluster: Cluster) =>
  ({ from: { pod: home(cluster).pods[1]?.name ?? '' }, to: web(cluster), protocol: 'tcp', port: 80, times: 40, broken: 'fails' }) as const;

export default scenario({
  fault: 'bridge-nf-call-off',
  title: { en: 'iptables does not see bridged answers', zh: '网桥应答不经过 iptables' },
  play: (cluster) => ({
    break: [onNode(home(cluster), `sysctl -w ${SETTING}=0`)],
    heal: [onNode(home(cluster), `sysctl -w ${SETTING}=1`)],
    probes: [calls(cluster)],
    expect: { subject: `node/${home(cluster).name}` },
    symptom: `dig on ${home(cluster).name} says "reply from unexpected source"`,
  }),
  variants: [
    {
      name: 'a file sets it to 0 at boot, too',
      play: (cluster) => ({
        break: [
          onNode(home(cluster), `echo '${SETTING} = 0' > /etc/sysctl.d/zz-libvirtd.conf`),
          onNode(home(cluster), `sysctl -w ${SETTING}=0`),
        ],
        heal: [onNode(home(cluster), 'rm -f /etc/sysctl.d/zz-libvirtd.conf'), onNode(home(cluster), `sysctl -w ${SETTING}=1`)],
        probes: [calls(cluster)],
        expect: { subject: `node/${home(cluster).name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'it is 0, and the bridge asks iptables by its own setting',
      play: (cluster) => ({
        make: [
          onNode(home(cluster), `ip link set ${home(cluster).bridge} type bridge nf_call_iptables 1`),
          onNode(home(cluster), `sysctl -w ${SETTING}=0`),
        ],
        unmake: [
          onNode(home(cluster), `sysctl -w ${SETTING}=1`),
          onNode(home(cluster), `ip link set ${home(cluster).bridge} type bridge nf_call_iptables 0`),
        ],
      }),
    },
    {
      name: 'it is 0 on a node that has no endpoints',
      play: ({ nodes }) => {
        const node = nodes[3] as LabNode;
        return { make: [onNode(node, `sysctl -w ${SETTING}=0`)], unmake: [onNode(node, `sysctl -w ${SETTING}=1`)] };
      },
    },
    {
      name: 'only the settings for ARP and IPv6 are 0',
      play: (cluster) => ({
        make: [
          onNode(home(cluster), 'sysctl -w net.bridge.bridge-nf-call-arptables=0'),
          onNode(home(cluster), 'sysctl -w net.bridge.bridge-nf-call-ip6tables=0'),
        ],
        unmake: [
          onNode(home(cluster), 'sysctl -w net.bridge.bridge-nf-call-arptables=1'),
          onNode(home(cluster), 'sysctl -w net.bridge.bridge-nf-call-ip6tables=1'),
        ],
      }),
    },
  ],
  needs: { minNodes: 4 },
});
