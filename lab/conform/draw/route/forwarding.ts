import { construct } from '../construct.ts';
import { isRouter, line } from '../ways.ts';

/** Forwarding off for what comes in by one device. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    return { rules: [line(site, `sysctl -qw net.ipv4.conf.${site.dice.pick(site.here.devices).name}.forwarding=0`)] };
  },
});
