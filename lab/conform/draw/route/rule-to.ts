import { construct } from '../construct.ts';
import { isRouter, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule for destinations. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    return { rules: ruleWithTable(site, `to ${site.dice.pick(site.pool.prefixes)}`), aims: towardsBehind(site) };
  },
});
