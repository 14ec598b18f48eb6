import { choosy, strangers } from '../around-router.ts';
import { construct } from '../construct.ts';
import type { Device, Namespace } from '../layout.ts';
import type { Line } from '../rule.ts';
import { BEHIND } from '../ways.ts';
import { wire } from '../wiring.ts';

const device = (name: string, net: number, host: number, peer?: string): Device => ({
  name,
  mac: `02:00:00:00:0${net}:0${host}`,
  addresses: [`10.${net}.0.${host}/24`, `fd00:${net}::${host}/64`, ...(host === 2 ? [`10.${net}.0.3/24`, `fd00:${net}::3/64`] : [])],
  ...(peer === undefined ? {} : { peer: { namespace: 'r', device: peer } }),
});

/** An end, a router, and another end on two links of it that has more addresses behind both. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const a: Namespace = { name: 'a', role: 'end', devices: [device('e0', 1, 2, 'r1')], listens: { udp: [53, 8080], tcp: [80] } };
    const b: Namespace = {
      name: 'b',
      role: 'end',
      devices: [device('e0', 2, 2, 'r2'), device('e1', 3, 2, 'r3')],
      listens: { udp: [53, 8080], tcp: [80] },
    };
    const router: Namespace = {
      name: 'r',
      role: 'router',
      devices: [device('r1', 1, 1), device('r2', 2, 1), device('r3', 3, 1)],
      listens: { udp: [53], tcp: [80], bound: choosy('r2', 'r1') },
    };
    const namespaces = [a, b, router];
    const routes: readonly Line[] = [
      { in: 'a', run: 'ip route add default via 10.1.0.1' },
      { in: 'a', run: 'ip -6 route add default via fd00:1::1' },
      { in: 'b', run: `ip route add default via 10.${2 + dice.roll(2)}.0.1` },
      { in: 'b', run: `ip -6 route add default via fd00:${2 + dice.roll(2)}::1` },
      ...BEHIND[4].map((address) => ({ in: 'b', run: `ip addr add ${address}/32 dev lo` })),
      ...BEHIND[6].map((address) => ({ in: 'b', run: `ip addr add ${address}/128 dev lo nodad` })),
    ];
    // what nobody has is dropped without a word: errors of that kind are rationed
    const nowhere: readonly Line[] = [
      { in: 'r', run: 'ip route add blackhole default metric 9000' },
      { in: 'r', run: 'ip -6 route add blackhole default metric 9000' },
      { in: 'r', run: 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1' },
    ];
    return {
      id: 'multihomed',
      namespaces,
      lines: [...wire(namespaces), ...strangers(1, 2, 3), ...routes, ...nowhere],
      virtual: { 4: [...BEHIND[4]], 6: [...BEHIND[6]] },
    };
  },
});
