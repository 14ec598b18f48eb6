import { construct } from '../construct.ts';

/** `-j CONNMARK --restore-mark`. */
export default construct({
  kind: 'iptables target',
  tables: ['mangle'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ dice, pool }) => {
    const mask = `0x${dice.pick(pool.marks).toString(16)}`;
    return { text: `-j CONNMARK --restore-mark${dice.pick(['', ` --nfmask ${mask} --ctmask ${mask}`])}` };
  },
});
