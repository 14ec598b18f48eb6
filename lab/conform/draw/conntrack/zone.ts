import { construct } from '../construct.ts';

/** `-j CT` with a zone, of both directions or of one. */
export default construct({
  kind: 'iptables target',
  tables: ['raw'],
  hooks: ['PREROUTING', 'OUTPUT'],
  draw: ({ dice }) => ({ text: `-j CT ${dice.pick(['--zone 5', '--zone 7', '--zone-orig 5', '--zone-reply 6', '--zone mark'])}` }),
});
