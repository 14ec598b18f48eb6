import { construct } from '../construct.ts';
import { GATEWAYS, isRouter, line, target, towardsBehind } from '../ways.ts';

/** A route for one type of service beside one for all. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, family } = site;
    if (family === 6) return null;
    const to = target(site);
    const [near, far] = dice.shuffle(GATEWAYS[family]);
    const tos = dice.pick([4, 8, 16]);
    return {
      rules: [
        line(site, `ip route replace tos 0x${tos.toString(16)} ${to} via ${near} metric ${dice.roll(2) * 20}`),
        line(site, `ip route replace ${to} via ${far} metric 10`),
      ],
      aims: [tos, tos | 0x40].flatMap((one) => towardsBehind(site, { tos: one })),
    };
  },
});
