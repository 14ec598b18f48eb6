import { construct } from '../construct.ts';

/** `-j TTL`, `-j HL`, where what comes out of it is seen on a wire. */
export default construct({
  kind: 'iptables target',
  tables: ['mangle'],
  hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ dice, family }) => {
    const name = family === 4 ? 'ttl' : 'hl';
    return { text: `-j ${name.toUpperCase()} --${name}-${dice.pick(['set 30', 'dec 3', 'inc 5', 'set 2'])}` };
  },
});
