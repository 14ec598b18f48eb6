import { construct } from '../construct.ts';

/** `log`, which lets it pass. */
export default construct({
  kind: 'nft statement',
  draw: () => ({ text: 'log prefix "conform " group 7' }),
});
