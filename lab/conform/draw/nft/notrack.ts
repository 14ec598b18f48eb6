import { construct } from '../construct.ts';

/** Where connections are looked up (NF_IP_PRI_CONNTRACK). */
const TRACKING = -200;

/** `notrack`: only before tracking does it matter, and seldom is it written elsewhere. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, hooks, priority }) => {
    if (!hooks.every((hook) => hook === 'PREROUTING' || hook === 'OUTPUT')) return null;
    return priority < TRACKING || dice.roll(4) === 0 ? { text: 'notrack' } : null;
  },
});
