import { construct } from '../construct.ts';

/** `-j NOTRACK`, `-j CT --notrack`. */
export default construct({
  kind: 'iptables target',
  tables: ['raw'],
  hooks: ['PREROUTING', 'OUTPUT'],
  draw: ({ dice }) => ({ text: dice.pick(['-j NOTRACK', '-j CT --notrack']) }),
});
