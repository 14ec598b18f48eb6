import { construct } from '../construct.ts';

/** `ip ttl set`, `ip6 hoplimit set`. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, hooks }) =>
    // what came in is seen before its hooks
    hooks.some((hook) => hook === 'PREROUTING' || hook === 'INPUT')
      ? null
      : { text: `${family === 4 ? 'ip ttl' : 'ip6 hoplimit'} set ${10 + dice.roll(50)}` },
});
