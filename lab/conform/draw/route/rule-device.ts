import { construct } from '../construct.ts';
import { isRouter, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule for the device that a packet comes in by, or leaves by. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, here } = site;
    const name = dice.pick(['r1', 'r1', ...here.devices.map((device) => device.name), 'lo']);
    return { rules: ruleWithTable(site, `${dice.pick(['iif', 'iif', 'oif'])} ${name}`), aims: towardsBehind(site) };
  },
});
