import { construct } from '../construct.ts';

/** `ip dscp set`. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, hooks }) =>
    // what came in is seen before its hooks, and what leaves is read by few: those of nft/written
    hooks.some((hook) => hook === 'PREROUTING' || hook === 'INPUT') || dice.roll(3) > 0
      ? null
      : { text: `${family === 4 ? 'ip' : 'ip6'} dscp set ${dice.pick(['cs1', 'ef', 'cs0'])}` },
});
