import { construct } from '../construct.ts';
import { isRouter, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule for the device that a packet comes in by, or leaves by. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, here } = site;
    // nothing for what is behind them comes in by the others
    const came = ['r1', 'r1', 'r1', 'r1', ...here.devices.map((device) => device.name), 'lo'];
    const [by, names] = dice.roll(6) === 0 ? ['oif', ['r2', 'r1', 'lo']] : ['iif', came];
    return { rules: ruleWithTable(site, `${by} ${dice.pick(names)}`), aims: towardsBehind(site) };
  },
});
