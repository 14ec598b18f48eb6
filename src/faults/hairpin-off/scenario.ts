import { type Cluster, type LabNode, onNode, scenario } from '#lab/vocabulary';

/** The first three nodes hold a pod each behind default/web; the first one's calls its own Service. */
const home = ({ nodes }: Cluster): LabNode => nodes[0] as LabNode;

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

/** Enough connections that one of them surely picks the caller. */
const calls = (cluster: Cluster) =>
  ({ from: { pod: home(cluster).pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80, times: 40, broken: 'fails' }) as const;

export default scenario({
  fault: 'hairpin-off',
  title: { en: 'a pod does not reach itself through its Service', zh: 'Pod 无法通过自己的 Service 访问自己' },
  play: (cluster) => {
    const [pod] = home(cluster).pods;
    return {
      break: [onNode(home(cluster), `bridge link set dev ${pod.veth} hairpin off`)],
      heal: [onNode(home(cluster), `bridge link set dev ${pod.veth} hairpin on`)],
      probes: [calls(cluster)],
      expect: { subject: `node/${home(cluster).name}` },
      symptom: `${pod.name} times out now and then when it calls the Service default/web, which it belongs to`,
    };
  },
  variants: [
    {
      name: 'no port of the bridge has it',
      play: (cluster) => ({
        break: home(cluster).pods.map(({ veth }) => onNode(home(cluster), `bridge link set dev ${veth} hairpin off`)),
        heal: home(cluster).pods.map(({ veth }) => onNode(home(cluster), `bridge link set dev ${veth} hairpin on`)),
        probes: [calls(cluster)],
        expect: { subject: `node/${home(cluster).name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'it is off at the port of a pod that no Service leads to',
      play: ({ nodes }) => {
        const node = nodes[2] as LabNode;
        const veth = node.pods[1]?.veth;
        return {
          make: [onNode(node, `bridge link set dev ${veth} hairpin off`)],
          unmake: [onNode(node, `bridge link set dev ${veth} hairpin on`)],
        };
      },
    },
    {
      name: 'it is off on a node that has no endpoints at all',
      play: ({ nodes }) => {
        const node = nodes[3] as LabNode;
        return {
          make: node.pods.map(({ veth }) => onNode(node, `bridge link set dev ${veth} hairpin off`)),
          unmake: node.pods.map(({ veth }) => onNode(node, `bridge link set dev ${veth} hairpin on`)),
        };
      },
    },
  ],
  needs: { minNodes: 4 },
});
