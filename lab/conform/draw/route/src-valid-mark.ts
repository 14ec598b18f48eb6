import { construct } from '../construct.ts';
import { isRouter, line } from '../ways.ts';

/** rp_filter by the mark of the packet. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, here } = site;
    const device = dice.pick(here.devices).name;
    return { rules: [line(site, `sysctl -qw net.ipv4.conf.${device}.src_valid_mark=1 net.ipv4.conf.${device}.rp_filter=1`)] };
  },
});
