import { construct } from '../construct.ts';
import { isRouter, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule for a type of service. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const tos = site.dice.pick([4, 8, 16]);
    return {
      rules: ruleWithTable(site, `tos 0x${tos.toString(16)}`),
      aims: [tos, tos + 1, tos | 0x20].flatMap((one) => towardsBehind(site, { tos: one })),
    };
  },
});
