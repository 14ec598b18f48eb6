import { defaultRoutes, end, port } from '../around-router.ts';
import { construct } from '../construct.ts';
import type { Device, Namespace } from '../layout.ts';
import type { Line } from '../rule.ts';
import { liberal, wire } from '../wiring.ts';

/** Addresses that only IPVS has, on kube-proxy's device. */
export const VIRTUAL = { 4: ['10.96.0.10', '10.96.0.11'], 6: ['fd00:96::10'] } as const;

/** The one that the servers have too, on the device that takes what a node wraps for them. */
const SHARED = '10.96.0.11';

/** A client, two servers, and between them a node that balances as kube-proxy sets it up. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const ends = [end('a', 1), end('b', 2), end('c', 3)];
    const balancer: Device = {
      name: 'kube-ipvs0',
      mac: '',
      addresses: [...VIRTUAL[4].map((one) => `${one}/32`), ...VIRTUAL[6].map((one) => `${one}/128`)],
    };
    const node: Namespace = { name: 'r', role: 'router', devices: [port(1), port(2), port(3)], listens: { udp: [53], tcp: [80] } };
    const settings = ['conntrack', 'expire_nodest_conn', 'conn_reuse_mode', 'expire_quiescent_template'].map(
      (name) => `net.ipv4.vs.${name}=${dice.roll(2)}`,
    );
    const own: readonly Line[] = [
      'ip link add kube-ipvs0 type dummy',
      'ip link set kube-ipvs0 addrgenmode none',
      ...balancer.addresses.map((address) => `ip addr add ${address} dev kube-ipvs0${address.includes(':') ? ' nodad' : ''}`),
      ...['203.0.113.0/24'].map((to) => `ip route add blackhole ${to}`),
      ...['2001:db8::/32'].map((to) => `ip -6 route add blackhole ${to}`),
      `sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 ${settings.join(' ')}`,
    ].map((run) => ({ in: 'r', run }));
    const namespaces = [...ends, node];
    const isShared = dice.roll(2) === 0;
    const tunnel: Device = { name: 'tunl0', mac: '', addresses: [`${SHARED}/32`] };
    const taking = ends.map((one) => (one.name === 'a' || !isShared ? one : { ...one, devices: [...one.devices, tunnel] }));
    const shared = isShared ? ['b', 'c'].map((at) => ({ in: at, run: `ip addr add ${SHARED}/32 dev tunl0; ip link set tunl0 up` })) : [];
    return {
      id: isShared ? 'balanced-directly' : 'balanced',
      namespaces: [...taking, { ...node, devices: [...node.devices, balancer] }],
      lines: [...wire(namespaces), ...own, ...defaultRoutes(ends), ...shared, ...liberal(namespaces)],
      virtual: { 4: ['203.0.113.7'], 6: ['2001:db8::7'] },
    };
  },
});
