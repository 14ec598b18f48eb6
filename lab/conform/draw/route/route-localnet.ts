import { construct } from '../construct.ts';
import { isRouter, line } from '../ways.ts';

/** Loopback addresses from outside, let in or not. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, here } = site;
    return {
      rules: [line(site, `sysctl -qw net.ipv4.conf.${dice.pick(here.devices).name}.route_localnet=${dice.pick([1, 1, 1, 0])}`)],
      aims: [
        { destination: '127.0.0.1', onWire: true },
        { destination: '127.0.0.1', dport: 53, protocol: 'udp', onWire: true },
        { destination: '127.0.0.9', onWire: true },
        { destination: '127.0.0.9', dport: 53, onWire: true },
        { source: '127.0.0.1', onWire: true },
      ],
    };
  },
});
