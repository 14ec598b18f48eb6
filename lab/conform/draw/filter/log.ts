import { construct } from '../construct.ts';

/** `-j LOG`: in a namespace of its own nobody hears it. */
export default construct({
  kind: 'iptables target',
  rare: true,
  tables: ['filter', 'mangle', 'raw', 'nat', 'security'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: () => ({ text: '-j LOG --log-prefix "drawn: "' }),
});
