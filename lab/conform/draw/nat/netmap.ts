import { construct } from '../construct.ts';

/** `-j NETMAP`: one network for another. */
export default construct({
  kind: 'iptables target',
  tables: ['nat'],
  hooks: ['PREROUTING', 'OUTPUT', 'POSTROUTING', 'INPUT'],
  draw: ({ dice, family }) => {
    const networks = family === 4 ? ['10.2.0.2/31', '10.1.0.2/31', '10.2.0.2/32'] : ['fd00:2::2/127', 'fd00:1::2/127'];
    return { text: `-j NETMAP --to ${dice.pick(networks)}` };
  },
});
