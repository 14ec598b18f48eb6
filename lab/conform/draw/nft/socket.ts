import { construct } from '../construct.ts';
import { addressOf } from '../pool.ts';

const ASKED = [
  'socket transparent 1',
  'socket transparent 0',
  'socket wildcard 0',
  'socket wildcard 1',
  'socket mark 0x4',
  'socket mark & 2 == 2',
];

/** `socket`: whether a socket here would take the packet, and of what kind it is. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, hooks, here }) => {
    if (!hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT')) return null;
    const addresses = here.devices.flatMap((device) => device.addresses.map(addressOf));
    return {
      text: dice.pick(ASKED),
      aims: addresses.map((destination) => ({ protocol: 'udp', destination, dport: dice.pick([53, 443, 9090]) })),
    };
  },
});
