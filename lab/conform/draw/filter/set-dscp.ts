import { construct } from '../construct.ts';

/** `-j DSCP`. */
export default construct({
  kind: 'iptables target',
  tables: ['mangle'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ dice }) => ({ text: `-j DSCP ${dice.pick(['--set-dscp 0x2e', '--set-dscp-class AF11', '--set-dscp 0'])}` }),
});
