import { construct } from '../construct.ts';

/** `-m helper`: nothing here has one. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => ({ text: `-m helper ${dice.roll(2) === 0 ? '! ' : ''}--helper ftp` }),
});
