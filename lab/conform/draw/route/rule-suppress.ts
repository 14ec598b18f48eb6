import { construct } from '../construct.ts';
import { isRouter, line, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule that does not want what its table finds: a prefix too short, or devices of a group. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, here } = site;
    const group = dice.roll(2) === 0;
    const grouped = group ? [line(site, `ip link set ${dice.pick(here.devices).name} group 7`)] : [];
    const after = group ? 'suppress_ifgroup 7' : `suppress_prefixlength ${dice.pick([0, 16, 24])}`;
    return { rules: [...grouped, ...ruleWithTable(site, `from ${dice.pick(site.pool.prefixes)}`, after)], aims: towardsBehind(site) };
  },
});
