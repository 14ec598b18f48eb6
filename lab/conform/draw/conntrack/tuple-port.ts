import { construct } from '../construct.ts';

/** Ports of the two tuples. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, pool }) => {
    const port = dice.pick(pool.ports);
    const range = dice.roll(3) === 0 ? `${port}:${port + 100}` : `${port}`;
    const end = dice.pick(['ctorigdstport', 'ctreplsrcport']);
    return { text: `-m conntrack ${dice.roll(4) === 0 ? '! ' : ''}--${end} ${range}`, aims: [{ dport: port }] };
  },
});
