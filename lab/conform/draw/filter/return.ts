import { construct } from '../construct.ts';

/** `-j RETURN`. */
export default construct({
  kind: 'iptables target',
  tables: ['raw', 'mangle', 'filter', 'nat', 'security'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: () => ({ text: '-j RETURN' }),
});
