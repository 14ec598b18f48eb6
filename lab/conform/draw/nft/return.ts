import { construct } from '../construct.ts';

/** `return`. */
export default construct({
  kind: 'nft statement',
  draw: () => ({ text: 'return' }),
});
