import { construct } from '../construct.ts';

/** `dnat prefix to`: one network for another, or each by a map for its own. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, hooks, chainType, table }) => {
    if (chainType !== 'nat' || !hooks.every((hook) => hook === 'PREROUTING' || hook === 'OUTPUT')) return null;
    const word = family === 4 ? 'ip' : 'ip6';
    const [one, other, behind] =
      family === 4 ? ['10.1.0.0/24', '10.2.0.0/24', '10.96.0.8/29'] : ['fd00:1::/64', 'fd00:2::/64', 'fd00:96::/64'];
    // what is in that network already: nobody knows what comes of it
    if (dice.roll(8) === 0) return { text: `dnat ${table.startsWith('inet') ? `${word} ` : ''}prefix to ${dice.pick([one, other])}` };
    const [here, there] = dice.shuffle([one, other]);
    const more = dice.roll(2) === 0 ? `, ${behind} : ${family === 4 ? '10.2.0.0/29' : other}` : '';
    return { text: `dnat ${word} prefix to ${word} daddr map { ${here} : ${there}${more} }` };
  },
});
