import { construct } from '../construct.ts';

/** `reject with tcp reset`. */
export default construct({
  kind: 'nft statement',
  draw: ({ hooks, chainType }) =>
    chainType === 'filter' && hooks.every((hook) => hook === 'INPUT' || hook === 'FORWARD' || hook === 'OUTPUT')
      ? { text: 'meta l4proto tcp reject with tcp reset', protocol: 'tcp' }
      : null,
});
