import { construct } from '../construct.ts';
import type { Dice } from '../../../draw/dice.ts';
import { GATEWAYS, ip, isRouter, line, target, towardsBehind } from '../ways.ts';

/** Policy 3 hashes the fields that are named: bits of what is outside, and sometimes of what is inside too. */
function hashing(dice: Dice, family: 4 | 6): string {
  const policy = dice.roll(4);
  const named = `net.ipv${family}.fib_multipath_hash`;
  const fields =
    policy === 3 ? ` ${named}_fields=${dice.pick([0x1, 0x2, 0x4, 0x7, 0x8, 0xf, 0x10, 0x20, 0x30, 0x33, 0x37, 0x3f, 0xc0, 0xfc1])}` : '';
  return `sysctl -qw ${named}_policy=${policy}${fields}`;
}

/** Two ways at once, weighted, by each of the policies of hashing. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice, family } = site;
    const ways = GATEWAYS[family].map((via) => `nexthop via ${via} weight ${1 + dice.roll(4)}`).join(' ');
    const policy = line(site, hashing(dice, family));
    return { rules: [policy, line(site, `${ip(site)} route replace ${target(site)} metric 3 ${ways}`)], aims: towardsBehind(site) };
  },
});
