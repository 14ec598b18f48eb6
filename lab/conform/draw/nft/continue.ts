import { construct } from '../construct.ts';

/** `continue`. */
export default construct({
  kind: 'nft statement',
  draw: () => ({ text: 'continue' }),
});
