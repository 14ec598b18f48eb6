import { construct } from '../construct.ts';

/** `-j ACCEPT` in a nat table: no binding. */
export default construct({
  kind: 'iptables target',
  tables: ['nat'],
  hooks: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  draw: ({ dice }) => ({ text: dice.pick(['-j ACCEPT', '-j RETURN']) }),
});
