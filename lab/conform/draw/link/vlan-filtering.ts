import type { Dice } from '../../../draw/dice.ts';
import { construct } from '../construct.ts';
import type { Device, Namespace } from '../layout.ts';
import type { Line } from '../rule.ts';
import { liberal } from '../wiring.ts';

const NUMBERS = [2, 3, 4];
const NAMES = ['a', 'b', 'c'];
const TAGGED = 20;

/** The third end speaks with a tag: its address is on a VLAN of its veth. */
const end = (name: string, number: number, isTagged: boolean): Namespace => ({
  name,
  role: 'end',
  devices: [
    {
      name: isTagged ? 'v0' : 'e0',
      mac: `02:00:00:00:01:0${number}`,
      addresses: [`10.3.0.${number}/24`, `fd00:3::${number}/64`],
    },
  ],
  listens: { udp: [53, 8080], tcp: [80] },
});

/** VLANs of a port, as a person adds them; a port may have none at all. */
const memberships = (dice: Dice, name: string, own: string): readonly string[] => [
  `bridge vlan del dev ${name} vid 1${own}`,
  ...[10, TAGGED, 1]
    .filter(() => dice.roll(3) > 0)
    .map((vid) => `bridge vlan add dev ${name} vid ${vid}${dice.pick(['', ' pvid untagged', ' pvid untagged', ' untagged'])}${own}`),
];

/** Three ends on a bridge that tells VLANs apart; the bridge itself is a member of some. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const isTagged = (number: number): boolean => number === 4;
    const ends = NAMES.map((name, at) => end(name, at + 2, isTagged(at + 2)));
    const bridge: Device = { name: 'br0', mac: '02:00:00:00:01:01', addresses: ['10.3.0.1/24', 'fd00:3::1/64'] };
    const ports = NUMBERS.map((number): Device => ({ name: `p${number}`, mac: `02:00:00:00:02:0${number}`, addresses: [], master: 'br0' }));
    const middle: Namespace = { name: 's', role: 'switch', devices: [bridge, ...ports], listens: { udp: [53], tcp: [80] } };
    const at = (run: string): Line => ({ in: 's', run });
    const everybody = [...ends, middle].flatMap(({ devices }) => devices.filter(({ addresses }) => addresses.length > 0));
    const shown = dice.roll(2);
    return {
      id: 'vlan-filtering',
      namespaces: [...ends, middle],
      lines: [
        at('ip link add br0 type bridge stp_state 0 forward_delay 0 vlan_filtering 1'),
        at('ip link set br0 address 02:00:00:00:01:01 addrgenmode none'),
        ...NUMBERS.flatMap((number, index) => [
          at(
            `ip link add p${number} address 02:00:00:00:02:0${number} type veth peer name e0 address 02:00:00:00:01:0${number} netns @${NAMES[index]}`,
          ),
          at(`ip link set p${number} master br0 addrgenmode none`),
          ...memberships(dice, `p${number}`, '').map(at),
          // what is not known where is told by one copy alone
          at(`bridge link set dev p${number} flood off learning off`),
          at(`bridge fdb replace 02:00:00:00:01:0${number} dev p${number} master static`),
          at(`ip link set p${number} up`),
        ]),
        ...memberships(dice, 'br0', ' self').map(at),
        ...bridge.addresses.map((address) => at(`ip addr add ${address} dev br0${address.includes(':') ? ' nodad' : ''}`)),
        at('ip link set br0 up'),
        ...['10.96.0.0/16', '203.0.113.0/24'].map((to) => at(`ip route add blackhole ${to}`)),
        ...['fd00:96::/64', '2001:db8::/32'].map((to) => at(`ip -6 route add blackhole ${to}`)),
        at(
          `sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.br0.send_redirects=0 net.bridge.bridge-nf-call-iptables=${shown} net.bridge.bridge-nf-call-ip6tables=${shown} net.bridge.bridge-nf-filter-vlan-tagged=${dice.roll(2)}`,
        ),
        ...ends.flatMap((one) => endLines(one)),
        ...liberal([...ends, middle]),
        ...[...ends, middle].flatMap(({ name, devices }) =>
          devices
            .filter(({ addresses }) => addresses.length > 0)
            .flatMap((device) =>
              everybody
                .filter((other) => other !== device)
                .flatMap(({ mac, addresses }) =>
                  addresses.map((address) => ({
                    in: name,
                    run: `ip neigh replace ${address.split('/')[0]} lladdr ${mac} dev ${device.name} nud permanent`,
                  })),
                ),
            ),
        ),
      ],
      virtual: { 4: ['10.96.0.10', '203.0.113.7'], 6: ['fd00:96::10', '2001:db8::7'] },
    };
  },
});

function endLines({ name, devices }: Namespace): readonly Line[] {
  return devices
    .flatMap(({ name: device, addresses }) => [
      'ip link set e0 addrgenmode none gso_max_segs 1',
      'ip link set e0 up',
      ...(device === 'e0'
        ? []
        : [`ip link add link e0 name ${device} type vlan id ${TAGGED}`, `ip link set ${device} addrgenmode none up`]),
      ...addresses.map((address) => `ip addr add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`),
      'ip route add default via 10.3.0.1',
      'ip -6 route add default via fd00:3::1',
    ])
    .map((run) => ({ in: name, run }));
}
