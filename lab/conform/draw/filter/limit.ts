import { construct } from '../construct.ts';

/** `-m limit`: the model does not know it, and need not where both ways come to the same. */
export default construct({
  kind: 'iptables match',
  rare: true,
  draw: ({ dice }) => (dice.roll(4) > 0 ? null : { text: `-m limit --limit ${dice.pick(['1/sec', '10/min', '1000/sec'])}` }),
});
