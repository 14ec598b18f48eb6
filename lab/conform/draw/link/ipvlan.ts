import { construct } from '../construct.ts';
import { onOneParent } from '../on-one-parent.ts';

/** Pods with ipvlans on their node's wire, all in one mode, with the wire's own Ethernet address. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const kind = `ipvlan mode ${dice.pick(['l2', 'l2', 'l3', 'l3', 'l3s'])} ${dice.pick(['bridge', 'bridge', 'private', 'vepa'])}`;
    return onOneParent(dice, { id: 'ipvlan', ownMacs: false, kind: () => kind });
  },
});
