import { construct } from '../construct.ts';
import { isRouter, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule for sources, with a table of its own. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    return {
      rules: ruleWithTable(site, `${site.dice.roll(5) === 0 ? 'not ' : ''}from ${site.dice.pick(site.pool.prefixes)}`),
      aims: towardsBehind(site),
    };
  },
});
