import { construct } from '../construct.ts';
import { twoNodes, wireMac } from '../two-nodes.ts';

/** Two nodes on two wires that are one bond, of which one wire is used. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const active = dice.pick(['u0', 'u1']);
    return twoNodes({
      id: 'bond',
      wires: ['u0', 'u1'],
      underlay: 'bond0',
      lines: (own, other) => [
        'ip link add bond0 type bond mode active-backup miimon 100',
        `ip link set bond0 address ${wireMac(own)} addrgenmode none`,
        ...['u0', 'u1'].map((name) => `ip link set ${name} master bond0`),
        'ip link set bond0 up',
        `ip link set bond0 type bond primary ${active}`,
        `ip route add 10.${other}.0.0/24 via 192.0.2.${other} dev bond0 onlink`,
        `ip -6 route add fd00:${other}::/64 via fd00:9::${other} dev bond0 onlink`,
      ],
    });
  },
});
