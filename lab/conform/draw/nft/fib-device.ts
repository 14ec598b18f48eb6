import { construct } from '../construct.ts';

/** `fib saddr . iif oif`: the way back. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, hooks, here }) => {
    // only where there is a device that the packet came in by
    if (hooks[0] !== 'PREROUTING' && hooks[0] !== 'INPUT' && hooks[0] !== 'FORWARD') return null;
    const { name } = dice.pick(here.devices);
    return {
      aims: ['10.1.0.9', '10.2.0.9', '192.0.2.9'].map((source) => ({ source, onWire: true })),
      text: dice.pick([
        'fib saddr . iif oif missing',
        'fib saddr . iif oif exists',
        `fib daddr oifname "${name}"`,
        'fib saddr . mark . iif oif missing',
        'fib daddr oif missing',
      ]),
    };
  },
});
