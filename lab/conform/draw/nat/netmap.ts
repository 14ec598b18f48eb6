import { construct } from '../construct.ts';

/** `-j NETMAP`: one network for another. */
export default construct({
  kind: 'iptables target',
  tables: ['nat'],
  hooks: ['PREROUTING', 'OUTPUT', 'POSTROUTING', 'INPUT'],
  draw: ({ dice, family }) => {
    const networks = family === 4 ? ['10.2.0.0/24', '10.1.0.0/16', '10.2.0.2/32'] : ['fd00:2::/64', 'fd00:1::/112'];
    return { text: `-j NETMAP --to ${dice.pick(networks)}` };
  },
});
