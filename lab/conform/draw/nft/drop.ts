import { construct } from '../construct.ts';

/** `drop`. */
export default construct({
  kind: 'nft statement',
  draw: () => ({ text: 'drop' }),
});
