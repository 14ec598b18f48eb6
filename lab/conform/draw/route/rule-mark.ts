import { construct } from '../construct.ts';
import { isRouter, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule for marks, where a rule of mangle sets some. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, pool, backend, family, here } = site;
    const mark = dice.pick(pool.marks);
    const mask = dice.pick(['', '/0xff', '/0x1', '/0xf000']);
    const painted = {
      form: 'iptables',
      in: here.name,
      by: [],
      backend,
      family,
      table: 'mangle',
      text: `-A PREROUTING -i ${dice.pick(here.devices).name} -j MARK --set-mark ${mark}`,
    } as const;
    return { rules: [...ruleWithTable(site, `fwmark ${mark}${mask}`), painted], aims: towardsBehind(site) };
  },
});
