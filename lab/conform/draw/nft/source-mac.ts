import { construct } from '../construct.ts';

/** `ether saddr` of what came in. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, here, layout }) => {
    const macs = layout.namespaces.flatMap(({ devices }) =>
      devices.filter(({ peer }) => peer?.namespace === here.name).map(({ mac }) => mac),
    );
    return macs.length === 0 ? null : { text: `ether saddr ${dice.roll(4) === 0 ? '!= ' : ''}${dice.pick(macs)}` };
  },
});
