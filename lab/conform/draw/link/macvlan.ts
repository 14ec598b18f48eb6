import { construct } from '../construct.ts';
import { onOneParent } from '../on-one-parent.ts';

const MODES = ['bridge', 'bridge', 'bridge', 'vepa', 'private'];
/** Stations that one in mode `source` may name: the other pod's, the end's behind the switch, the switch's own. */
const STATIONS = ['02:00:00:00:04:02', '02:00:00:00:04:04', '02:00:00:00:04:fe'];

/**
 * Pods with macvlans on their node's wire; each may be in another mode. What the stations send that one in mode `source` names is for
 * that one alone: without `nodst`, which kernels before 5.13 lack, it would come in twice, and there nobody is named.
 */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const hasSource = dice.roll(3) === 0;
    const named = STATIONS.filter(() => dice.roll(2) === 0);
    return onOneParent(dice, {
      id: 'macvlan',
      ownMacs: true,
      kind: (namespace) => {
        const mode = dice.pick(MODES);
        return `macvlan mode ${namespace === 'b' && hasSource ? 'source' : mode}`;
      },
      settings: (namespace) =>
        namespace === 'b' && hasSource
          ? named.map(
              (mac) => `! ip link set e0 type macvlan mode source nodst 2>/dev/null || ip link set e0 type macvlan macaddr add ${mac}`,
            )
          : [],
    });
  },
});
