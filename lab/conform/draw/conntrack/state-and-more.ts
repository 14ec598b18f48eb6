import { construct } from '../construct.ts';

/** A state beside what only a connection has: without one the state alone is asked. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, pool }) => {
    const more = dice.pick(['--ctdir ORIGINAL', '--ctdir REPLY', `--ctorigdst ${dice.pick(pool.prefixes)}`, '--ctstatus SEEN_REPLY']);
    const state = dice.pick(['INVALID', 'INVALID,NEW', 'UNTRACKED', 'RELATED,ESTABLISHED']);
    return { text: `-m conntrack --ctstate ${state} ${more}`, aims: [{ protocol: 'tcp', flags: 'FA' }] };
  },
});
