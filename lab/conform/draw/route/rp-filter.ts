import { construct } from '../construct.ts';
import { isRouter, line } from '../ways.ts';

/** rp_filter of a device and of all. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, here } = site;
    const settings = [
      `net.ipv4.conf.${dice.pick(here.devices).name}.rp_filter=${dice.roll(3)}`,
      `net.ipv4.conf.all.rp_filter=${dice.pick([0, 0, 1, 2])}`,
    ];
    return {
      rules: [line(site, `sysctl -qw ${settings.join(' ')}`)],
      aims: ['192.0.2.9', '10.1.0.9', '10.2.0.9', '10.3.0.9'].map((source) => ({ source, onWire: true })),
    };
  },
});
