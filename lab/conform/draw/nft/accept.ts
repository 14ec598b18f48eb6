import { construct } from '../construct.ts';

/** `accept`: this base chain is done, the next one is not. */
export default construct({
  kind: 'nft statement',
  draw: () => ({ text: 'accept' }),
});
