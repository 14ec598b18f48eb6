import { construct } from '../construct.ts';

/** A verdict map in the rule. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, pool }) => {
    const [one = 80, other = 81] = dice.shuffle(pool.ports);
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const verdicts = dice.pick([
      `${one} : drop, ${other} : continue`,
      `${one} : accept, ${other}-${other + 3} : drop`,
      `${one} : return, ${other} : accept`,
    ]);
    return { text: `${protocol} dport vmap { ${verdicts} }`, protocol, aims: [{ dport: one }, { dport: other }] };
  },
});
