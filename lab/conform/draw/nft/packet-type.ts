import { construct } from '../construct.ts';

/** `meta pkttype`. */
export default construct({
  kind: 'nft match',
  draw: ({ dice }) => ({
    text: `meta pkttype ${dice.pick(['host', 'host', '!= broadcast', '!= multicast', 'broadcast', 'multicast', '!= host'])}`,
  }),
});
