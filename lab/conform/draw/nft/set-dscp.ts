import { construct } from '../construct.ts';

/** `ip dscp set`. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, hooks }) =>
    // what came in is seen before its hooks
    hooks.some((hook) => hook === 'PREROUTING' || hook === 'INPUT')
      ? null
      : { text: `${family === 4 ? 'ip' : 'ip6'} dscp set ${dice.pick(['cs1', 'ef', 'cs0'])}` },
});
