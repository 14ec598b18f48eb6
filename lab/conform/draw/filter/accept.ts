import { construct } from '../construct.ts';

/** `-j ACCEPT`. */
export default construct({
  kind: 'iptables target',
  tables: ['raw', 'mangle', 'filter', 'security'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: () => ({ text: '-j ACCEPT' }),
});
