import { construct } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** A mask of a list, and what it leaves of an address. */
const MASKS: readonly (readonly [string, (address: string) => string])[] = [
  ['', (address) => address],
  [' --mask 255.255.255.255', (address) => address],
  [' --mask 255.255.255.0', (address) => address.replace(/\d+$/, '0')],
];

/**
 * `-m recent` that asks a list for whom somebody put there by hand. A rule of the other backend, where no packet comes, keeps the
 * list: it would go with the last rule that names it. Times are far from any limit, for captures and packets are seconds apart.
 */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, fresh, family, backend, here, pool }) => {
    const name = fresh('seen');
    const [mask, masked] = family === 4 ? dice.pick(MASKS) : (['', (address: string) => address] as const);
    const keeper = `${family === 4 ? 'iptables' : 'ip6tables'}-${backend === 'nft' ? 'legacy' : 'nft'} -t mangle`;
    const line = (run: string): Rule => ({ in: here.name, by: ['filter/recent'], form: 'line', run });
    const times = 1 + dice.roll(3);
    const known = dice.shuffle(pool.addresses).slice(0, 1 + dice.roll(3));
    const put = known.flatMap((one) => Array.from({ length: times }, () => line(`echo +${masked(one)} > /proc/net/xt_recent/${name}`)));
    const does = dice.pick(['--rcheck', '--rcheck', '--update']);
    const seconds = dice.roll(2) === 0 ? ` --seconds ${dice.pick([600, 10800])}${dice.roll(2) === 0 ? ' --reap' : ''}` : '';
    const hits = does === '--rcheck' && dice.roll(3) === 0 ? ` --hitcount ${1 + dice.roll(4)}` : '';
    const end = dice.pick(['rsource', 'rdest']);
    // an update keeps the packet's TTL, which other conversations would be asked for (recent_mt)
    const ttl = dice.roll(4) === 0 && does === '--rcheck' ? ' --rttl' : '';
    return {
      text: `-m recent ${dice.roll(4) === 0 ? '! ' : ''}${does}${seconds}${hits}${ttl} --name ${name}${mask} --${end}`,
      before: [line(`${keeper} -N ${name}`), line(`${keeper} -A ${name} -m recent --set --name ${name}${mask} --rsource`), ...put],
      aims: known.map((one) => (end === 'rdest' ? { destination: one } : { source: one })),
    };
  },
});
