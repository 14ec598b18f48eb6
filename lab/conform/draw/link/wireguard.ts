import { construct } from '../construct.ts';
import { twoNodes } from '../two-nodes.ts';

/** Keys of nobody: thirty-two times the node's number. */
const KEYS = {
  1: { secret: '+AEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=', public: '6GJBXahCfoNBHs1GL4V5P8di8cISbbmgcBuGW1iIHXU=' },
  2: { secret: '+AICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=', public: 'mcnFeSCMhtKW9LphxKIkbUyCb4mrRd3/A7nIueLFVBc=' },
} as const;
const NOBODY = 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=';

const keysOf = (node: number) => KEYS[node === 1 ? 1 : 2];

/** Pods of two nodes reach each other sealed; which addresses a peer may have is drawn, too few now and then. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const few = dice.roll(4);
    const allowed = (of: number): string => {
      const all = [`10.${of}.0.0/24`, `10.${of}.255.0/32`, `fd00:${of}::/64`];
      return (few === of ? all.slice(1) : all).join(',');
    };
    const stray = dice.roll(3) === 0;
    return twoNodes({
      id: 'wireguard',
      mtu: 1420,
      devices: (own) => [{ name: 'wg0', mac: '', addresses: [`10.${own}.255.0/32`], carrier: 'u0' }],
      lines: (own, other) => [
        'ip link add wg0 type wireguard',
        `printf %s ${keysOf(own).secret} >/run/key-${own}; wg set wg0 listen-port 51820 private-key /run/key-${own}; rm /run/key-${own}`,
        `wg set wg0 peer ${keysOf(other).public} endpoint 192.0.2.${other}:51820 persistent-keepalive 25 allowed-ips ${allowed(other)}`,
        ...(stray ? [`wg set wg0 peer ${NOBODY} allowed-ips 10.${other}.0.2/32`] : []),
        'ip link set wg0 addrgenmode none up',
        `ip addr add 10.${own}.255.0/32 dev wg0`,
        `ip route add 10.${other}.0.0/24 dev wg0 scope link`,
        `ip route add 10.${other}.255.0/32 dev wg0 scope link`,
        `ip -6 route add fd00:${other}::/64 dev wg0`,
        // no rule may keep the two from knowing each other: without a session nothing is sealed
        `for turn in 1 2 3 4 5 6 7 8; do busybox ping -c 1 -W 1 10.${other}.255.0 >/dev/null && break; done; true`,
      ],
    });
  },
});
