import { construct } from '../construct.ts';

/** Where connections are looked up (NF_IP_PRI_CONNTRACK). */
const TRACKING = -200;

/** `ct zone set`, of both directions or of one: only before tracking does it matter, and seldom is it written elsewhere. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, hooks, priority }) => {
    if (!hooks.every((hook) => hook === 'PREROUTING' || hook === 'OUTPUT')) return null;
    if (priority >= TRACKING && dice.roll(4) > 0) return null;
    return { text: dice.pick(['ct zone set 5', 'ct zone set 7', 'ct original zone set 5', 'ct reply zone set 6']) };
  },
});
