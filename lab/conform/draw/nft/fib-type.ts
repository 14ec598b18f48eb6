import { construct } from '../construct.ts';

/** `fib daddr type`, also of a device. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, hooks }) => {
    const device = dice.roll(3) === 0 && hooks[0] !== 'OUTPUT' && hooks[0] !== 'POSTROUTING' ? ' . iif' : '';
    return {
      text: `fib ${dice.pick(['saddr', 'daddr'])}${device} type ${dice.pick(['local', 'unicast', 'broadcast', '!= local', '{ local, multicast }'])}`,
    };
  },
});
