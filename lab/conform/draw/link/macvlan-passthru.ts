import { construct } from '../construct.ts';
import { onOneParent } from '../on-one-parent.ts';

/** One pod with a macvlan that has its node's whole wire, with the wire's own Ethernet address. */
export default construct({
  kind: 'layout',
  draw: (dice) => onOneParent(dice, { id: 'macvlan-passthru', ownMacs: false, isAlone: true, kind: () => 'macvlan mode passthru' }),
});
