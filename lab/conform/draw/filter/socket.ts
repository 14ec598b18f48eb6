import { construct } from '../construct.ts';
import { addressOf } from '../pool.ts';

const OPTIONS = [
  '',
  '',
  '',
  '--nowildcard',
  '--transparent',
  '--transparent --nowildcard',
  '--restore-skmark',
  '--nowildcard --restore-skmark',
];

/** `-m socket`, where what comes in is not yet anybody's. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, hooks, protocol, here }) => {
    if (!hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT')) return null;
    const own = protocol ?? dice.pick(['udp', 'udp', 'tcp'] as const);
    if (own !== 'udp' && own !== 'tcp') return null;
    const addresses = here.devices.flatMap((device) => device.addresses.map(addressOf));
    const aims = addresses.map((destination) => ({ protocol: own, destination, dport: own === 'tcp' ? 80 : dice.pick([53, 443, 9090]) }));
    return { text: `-m socket ${dice.pick(OPTIONS)}`.trimEnd(), protocol: own, aims };
  },
});
