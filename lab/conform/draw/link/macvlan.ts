import { construct } from '../construct.ts';
import { onOneParent } from '../on-one-parent.ts';

/** Pods with macvlans on their node's wire; each may be in another mode. */
export default construct({
  kind: 'layout',
  draw: (dice) =>
    onOneParent(dice, {
      id: 'macvlan',
      ownMacs: true,
      kind: () => `macvlan mode ${dice.pick(['bridge', 'bridge', 'bridge', 'vepa', 'private'])}`,
    }),
});
