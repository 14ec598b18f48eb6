import { construct } from '../construct.ts';

/** `-j TOS` in all its forms. */
export default construct({
  kind: 'iptables target',
  tables: ['mangle'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ dice }) => ({
    text: `-j TOS ${dice.pick(['--set-tos 0x10', '--set-tos 0x10/0x1c', '--and-tos 0x1c', '--or-tos 0x08', '--xor-tos 0x18'])}`,
  }),
});
