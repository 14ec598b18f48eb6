import { construct } from '../construct.ts';
import { GATEWAYS, ip, isRouter, line, target, towardsBehind } from '../ways.ts';

/** Two ways at once, weighted. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, family } = site;
    const ways = GATEWAYS[family].map((via) => `nexthop via ${via} weight ${1 + dice.roll(4)}`).join(' ');
    const policy = line(site, `sysctl -qw net.ipv${family}.fib_multipath_hash_policy=${dice.roll(2)}`);
    return { rules: [policy, line(site, `${ip(site)} route replace ${target(site)} metric 3 ${ways}`)], aims: towardsBehind(site) };
  },
});
