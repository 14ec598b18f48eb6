import { construct } from '../construct.ts';

/** A verdict map in the rule, behind its counter. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, pool }) => {
    const [one = 80, other = 81, third = 82, fourth = 83] = dice.shuffle(pool.ports);
    const protocol = dice.pick(['tcp', 'udp'] as const);
    const verdicts = dice.pick([
      `${one} : drop, ${other} : continue, ${third} : drop, ${fourth} : accept`,
      `${one} : accept, ${other}-${other + 3} : drop, ${third} : drop`,
      `${one} : return, ${other} : accept, ${third} : drop, ${fourth} : return`,
    ]);
    return { text: `${protocol} dport vmap { ${verdicts} }`, protocol, aims: [one, other, third, fourth].map((dport) => ({ dport })) };
  },
});
