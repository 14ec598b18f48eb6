import { construct } from '../construct.ts';

/** `-j SET`: an address is added to a set that nobody asks. */
export default construct({
  kind: 'iptables target',
  tables: ['filter', 'mangle', 'raw'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ fresh, here, family, dice }) => {
    const name = fresh('set');
    const run = `ipset create ${name} hash:ip family ${family === 4 ? 'inet' : 'inet6'}`;
    return {
      text: `-j SET --add-set ${name} ${dice.pick(['src', 'dst'])} --exist`,
      before: [{ in: here.name, by: ['filter/add-set'], form: 'line', run }],
    };
  },
});
