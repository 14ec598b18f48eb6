import { construct } from '../construct.ts';

/** `-j MASQUERADE`, also with ports that hold the own one. */
export default construct({
  kind: 'iptables target',
  tables: ['nat'],
  hooks: ['POSTROUTING'],
  draw: ({ dice, protocol }) => {
    const ports = (protocol === 'udp' || protocol === 'tcp') && dice.roll(3) === 0 ? ' --to-ports 20000-60000' : '';
    return { text: `-j MASQUERADE${ports}` };
  },
});
