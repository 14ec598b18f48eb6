import { construct, type Piece } from '../construct.ts';

/** `ip dscp set`. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, hooks }) =>
    // what came in is seen before its hooks
    hooks.some((hook) => hook === 'PREROUTING' || hook === 'INPUT')
      ? null
      : written(family === 4 ? 'ip' : 'ip6', dice.pick(['cs1', 'ef', 'ef', 'cs0'])),
});

/** What most packets have anyway tells nobody that it was written. */
const written = (ip: 'ip' | 'ip6', dscp: string): Piece => ({
  text: `${ip} dscp set ${dscp}`,
  ...(dscp === 'cs0' ? {} : { asks: `${ip} dscp ${dscp}` }),
});
