import { construct } from '../construct.ts';

/** `notrack`: only before tracking does it matter. */
export default construct({
  kind: 'nft statement',
  draw: ({ hooks }) => (hooks.every((hook) => hook === 'PREROUTING' || hook === 'OUTPUT') ? { text: 'notrack' } : null),
});
