import { construct } from '../construct.ts';
import type { Device, Namespace } from '../layout.ts';
import type { Line } from '../rule.ts';
import { liberal } from '../wiring.ts';

const end = (name: string, number: number): Namespace => ({
  name,
  role: 'end',
  devices: [
    {
      name: 'e0',
      mac: `02:00:00:00:01:0${number}`,
      addresses: [`10.3.0.${number}/24`, `fd00:3::${number}/64`],
      peer: { namespace: 's', device: `p${number}` },
    },
  ],
  listens: { udp: [53, 8080], tcp: [80] },
});

/** Everybody on the bridge finds everybody else by permanent entries. */
const neighbours = (namespaces: readonly Namespace[]): readonly Line[] =>
  namespaces.flatMap(({ name, devices }) =>
    devices.flatMap(({ name: device, addresses: own }) =>
      own.length === 0
        ? []
        : namespaces
            .filter((other) => other.name !== name)
            .flatMap((other) => other.devices)
            .flatMap(({ mac, addresses }) =>
              addresses.map((address) => ({
                in: name,
                run: `ip neigh replace ${address.split('/')[0]} lladdr ${mac} dev ${device} nud permanent`,
              })),
            ),
    ),
  );

/** Two ends on a bridge that has addresses itself, and sees its frames by iptables or does not. Errors for want of a route are rationed. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const ends = [end('a', 2), end('b', 3)];
    const bridge: Device = { name: 'br0', mac: '02:00:00:00:01:01', addresses: ['10.3.0.1/24', 'fd00:3::1/64'] };
    const ports = [2, 3].map((number): Device => ({ name: `p${number}`, mac: `02:00:00:00:02:0${number}`, addresses: [], master: 'br0' }));
    const middle: Namespace = { name: 's', role: 'switch', devices: [bridge, ...ports], listens: { udp: [53], tcp: [80] } };
    const shown = dice.roll(3) > 0 ? 1 : 0;
    const lines: readonly Line[] = [
      { in: 's', run: 'ip link add br0 type bridge stp_state 0 forward_delay 0' },
      { in: 's', run: 'ip link set br0 address 02:00:00:00:01:01 addrgenmode none' },
      ...[2, 3].flatMap((number): readonly Line[] => [
        {
          in: 's',
          run: `ip link add p${number} address 02:00:00:00:02:0${number} type veth peer name e0 address 02:00:00:00:01:0${number} netns @${number === 2 ? 'a' : 'b'}`,
        },
        { in: 's', run: `ip link set p${number} master br0 addrgenmode none` },
        { in: 's', run: `ip link set p${number} up` },
      ]),
      ...bridge.addresses.map((address) => ({ in: 's', run: `ip addr add ${address} dev br0${address.includes(':') ? ' nodad' : ''}` })),
      { in: 's', run: 'ip link set br0 up' },
      ...ends.flatMap(({ name, devices }): readonly Line[] => [
        { in: name, run: 'ip link set e0 addrgenmode none gso_max_segs 1' },
        ...devices.flatMap(({ addresses }) =>
          addresses.map((address) => ({ in: name, run: `ip addr add ${address} dev e0${address.includes(':') ? ' nodad' : ''}` })),
        ),
        { in: name, run: 'ip link set e0 up' },
        { in: name, run: 'ip route add default via 10.3.0.1' },
        { in: name, run: 'ip -6 route add default via fd00:3::1' },
      ]),
      ...[2, 3].map((number) => ({ in: 's', run: `bridge fdb replace 02:00:00:00:01:0${number} dev p${number} master static` })),
      ...['10.96.0.0/16', '203.0.113.0/24', 'default'].map((to) => ({ in: 's', run: `ip route add blackhole ${to}` })),
      ...['fd00:96::/64', '2001:db8::/32', 'default'].map((to) => ({ in: 's', run: `ip -6 route add blackhole ${to}` })),
      {
        in: 's',
        run: `sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.br0.send_redirects=0; sysctl -qew net.bridge.bridge-nf-call-iptables=${shown} net.bridge.bridge-nf-call-ip6tables=${shown}`,
      },
      ...neighbours([...ends, middle]),
      ...liberal([...ends, middle]),
    ];
    return {
      id: 'bridged',
      namespaces: [...ends, middle],
      lines,
      virtual: { 4: ['10.96.0.10', '203.0.113.7'], 6: ['fd00:96::10', '2001:db8::7'] },
    };
  },
});
