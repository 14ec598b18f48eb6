import { construct } from '../construct.ts';
import { GATEWAYS, isRouter, line, routeLine, target, towardsBehind } from '../ways.ts';

/** Two routes for one prefix: the smaller metric wins. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, family } = site;
    const to = target(site);
    const [one = 1, other = 2] = dice.shuffle([5, 7]);
    const [near, far] = dice.shuffle(GATEWAYS[family]);
    return {
      rules: [
        line(site, routeLine(site, 'replace', to, `via ${near}`, `metric ${one}`)),
        line(site, routeLine(site, 'replace', to, `via ${far}`, `metric ${other}`)),
      ],
      aims: towardsBehind(site),
    };
  },
});
