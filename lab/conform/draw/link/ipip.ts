import { construct } from '../construct.ts';
import { twoNodes } from '../two-nodes.ts';

/** IPv4 between nodes in IPIP, in Calico's shape (`tunl0` for all remotes) or with one remote; IPv6 goes as it is. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const ttl = dice.pick(['', ' ttl 9']);
    const isForAll = dice.roll(2) === 0;
    return twoNodes({
      id: 'ipip',
      mtu: 1480,
      devices: (own) => [{ name: isForAll ? 'tunl0' : 'ip0', mac: '', addresses: [`10.${own}.255.0/32`] }],
      lines: (own, other) => [
        ...(isForAll
          ? ['ip link set tunl0 up', `ip addr add 10.${own}.255.0/32 dev tunl0`]
          : [
              `ip link add ip0 type ipip local 192.0.2.${own} remote 192.0.2.${other}${ttl}`,
              'ip link set ip0 addrgenmode none up',
              `ip addr add 10.${own}.255.0/32 dev ip0`,
            ]),
        isForAll
          ? `ip route add 10.${other}.0.0/24 via 192.0.2.${other} dev tunl0 onlink`
          : `ip route add 10.${other}.0.0/24 dev ip0 scope link`,
        `ip route add 10.${other}.255.0/32 ${isForAll ? `via 192.0.2.${other} dev tunl0 onlink` : 'dev ip0 scope link'}`,
        `ip -6 route add fd00:${other}::/64 via fd00:9::${other} dev u0`,
      ],
    });
  },
});
