import { construct } from '../construct.ts';
import { GATEWAYS, isRouter, line, routeLine, target, towardsBehind } from '../ways.ts';

/** A smaller MTU of a device or a route. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, here } = site;
    const mtu = dice.pick([600, 1000, 1280, 1400]);
    const device = dice.pick(here.devices).name;
    const rules =
      dice.roll(2) === 0
        ? [line(site, `ip link set ${device} mtu ${Math.max(mtu, 1280)}`)]
        : [line(site, routeLine(site, 'replace', target(site), `via ${dice.pick(GATEWAYS[site.family])}`, `metric 2 mtu ${mtu}`))];
    return {
      rules,
      aims: [
        ...towardsBehind(site, { size: Math.min(mtu + 100, 1500), df: true }),
        ...towardsBehind(site, { size: Math.min(mtu + 200, 1500), df: false }),
        ...towardsBehind(site, { size: mtu, df: true }),
      ],
    };
  },
});
