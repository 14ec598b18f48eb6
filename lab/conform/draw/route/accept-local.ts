import { construct } from '../construct.ts';
import { isRouter, line } from '../ways.ts';

/** Own addresses as sources from outside, let in or not. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, here } = site;
    const lets = dice.shuffle(here.devices).slice(0, 2);
    const aims = ['10.1.0.1', '10.2.0.1', '10.3.0.1'].map((source) => ({ source, onWire: true }) as const);
    return {
      rules: lets.map(({ name }) => line(site, `sysctl -qw net.ipv4.conf.${name}.accept_local=${dice.pick([1, 1, 1, 0])}`)),
      aims: [...aims, ...aims, ...aims],
    };
  },
});
