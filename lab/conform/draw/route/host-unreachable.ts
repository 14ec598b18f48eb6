import { construct } from '../construct.ts';
import { isRouter, line, target, towardsBehind } from '../ways.ts';

/** An IPv6 route that refuses; those of IPv4 are rationed. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    if (site.family === 4) return null;
    return {
      rules: [line(site, `ip -6 route replace ${site.dice.pick(['unreachable', 'prohibit'])} ${target(site)} metric 1`)],
      aims: towardsBehind(site),
    };
  },
});
