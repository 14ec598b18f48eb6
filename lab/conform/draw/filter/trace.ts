import { construct } from '../construct.ts';

/** `-j TRACE`. */
export default construct({
  kind: 'iptables target',
  rare: true,
  tables: ['raw'],
  hooks: ['PREROUTING', 'OUTPUT'],
  draw: () => ({ text: '-j TRACE' }),
});
