import { construct } from '../construct.ts';
import { isRouter, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule for a protocol and ports. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, pool } = site;
    const [first = 53, last = 8080] = [dice.pick(pool.ports), dice.pick(pool.ports)].sort((one, other) => one - other);
    const ports = dice.pick([`dport ${first}`, `dport ${first}-${last}`, 'sport 20000-20100', '']);
    const protocol = dice.pick(['ipproto udp', 'ipproto tcp', ...(ports === '' ? ['ipproto udp'] : [''])]);
    return {
      rules: ruleWithTable(site, `${protocol} ${ports}`.trim()),
      aims: [first, last].flatMap((dport) => towardsBehind(site, { dport })),
    };
  },
});
