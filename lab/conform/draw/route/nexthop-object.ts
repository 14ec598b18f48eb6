import { construct } from '../construct.ts';
import { GATEWAYS, ip, isRouter, line, target, towardsBehind } from '../ways.ts';

/** Routes by a next hop object or a group of two. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, family } = site;
    const base = (family === 4 ? 40 : 60) + dice.roll(10) * 2000;
    const [near, far] = GATEWAYS[family].map((via, at) => ({
      id: base + at,
      run: `ip nexthop add id ${base + at} via ${via} dev r${at + 2}`,
    }));
    if (near === undefined || far === undefined) return null;
    const group = `ip nexthop add id ${base + 5} group ${near.id},${1 + dice.roll(3)}/${far.id}`;
    const id = dice.pick([near.id, far.id, base + 5]);
    return {
      rules: [
        line(site, near.run),
        line(site, far.run),
        line(site, group),
        line(site, `${ip(site)} route replace ${target(site)} metric 4 nhid ${id}`),
      ],
      aims: towardsBehind(site),
    };
  },
});
