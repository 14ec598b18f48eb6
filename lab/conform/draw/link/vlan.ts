import { construct } from '../construct.ts';
import { twoNodes, wireMac } from '../two-nodes.ts';

/** Pods of two nodes reach each other by a VLAN on the wire; what is for the other node itself goes without a tag. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const id = dice.pick([10, 100, 4094]);
    const others = dice.roll(4) === 0 ? id - 1 : id;
    return twoNodes({
      id: 'vlan',
      devices: (own) => [{ name: 'v0', mac: wireMac(own), addresses: [`198.51.100.${own}/24`, `fd00:8::${own}/64`] }],
      lines: (own, other) => [
        `ip link add link u0 name v0 type vlan id ${own === 1 ? id : others}`,
        'ip link set v0 addrgenmode none up',
        `ip addr add 198.51.100.${own}/24 dev v0`,
        `ip addr add fd00:8::${own}/64 dev v0 nodad`,
        `ip neigh replace 198.51.100.${other} lladdr ${wireMac(other)} dev v0 nud permanent`,
        `ip -6 neigh replace fd00:8::${other} lladdr ${wireMac(other)} dev v0 nud permanent`,
        `ip route add 10.${other}.0.0/24 via 198.51.100.${other}`,
        `ip -6 route add fd00:${other}::/64 via fd00:8::${other}`,
      ],
    });
  },
});
