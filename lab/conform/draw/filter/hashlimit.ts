import { construct } from '../construct.ts';

/** What is used up within a scene and does not come back in its few seconds, and what is not used up. */
const USED_UP = ['1/hour', '2/hour --hashlimit-burst 20'] as const;
const ENDLESS = ['10000/sec --hashlimit-burst 10000', '9000/sec --hashlimit-burst 9000'] as const;
const MODES = ['srcip', 'dstip', 'srcip,dstport', 'srcip,dstip --hashlimit-srcmask 24'] as const;

/** `-m hashlimit`: a limit for each kind of packets, at rates of which the seconds between packets change nothing. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, family, fresh }) => {
    if (dice.roll(3) > 0) return null;
    const mode = dice.pick(MODES).replace('srcmask 24', `srcmask ${family === 4 ? 24 : 64}`);
    const name = fresh('rate');
    const [way, rates] = dice.pick([
      ['upto', ENDLESS],
      ['upto', ENDLESS],
      ['upto', USED_UP],
      ['above', USED_UP],
      ['above', ENDLESS],
    ] as const);
    return {
      text: `-m hashlimit --hashlimit-${way} ${dice.pick<string>(rates)} --hashlimit-mode ${mode} --hashlimit-name ${name}`,
    };
  },
});
