import { construct } from '../construct.ts';

/** `-j SNAT` to a range of addresses: a hash chooses. */
export default construct({
  kind: 'iptables target',
  tables: ['nat'],
  hooks: ['POSTROUTING', 'INPUT'],
  draw: ({ dice, family }) => {
    const net = 1 + dice.roll(2);
    const last = 2 + dice.roll(2);
    const range = family === 4 ? `10.${net}.0.1-10.${net}.0.${last}` : `fd00:${net}::1-fd00:${net}::${last}`;
    return { text: `-j SNAT --to-source ${range}${dice.roll(3) === 0 ? ' --persistent' : ''}` };
  },
});
