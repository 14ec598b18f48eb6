import { construct } from '../construct.ts';
import { ip, isRouter, line, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule that drops without a word, or jumps over others. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, pool } = site;
    const [source, destination] = [`from ${dice.pick(pool.prefixes)}`, `to ${dice.pick(pool.prefixes)}`];
    const from = dice.pick([source, destination, `${source} ${destination}`]);
    if (dice.roll(2) === 0)
      return { rules: [line(site, `${ip(site)} rule add ${from} priority ${500 + dice.roll(9000)} blackhole`)], aims: towardsBehind(site) };
    const priority = 10000 + dice.roll(1000);
    const target = line(site, `${ip(site)} rule add priority ${priority} nop`);
    return {
      rules: [
        target,
        line(site, `${ip(site)} rule add ${from} priority ${500 + dice.roll(400)} goto ${priority}`),
        ...ruleWithTable(site, `to ${dice.pick(pool.prefixes)}`),
      ],
      aims: towardsBehind(site),
    };
  },
});
