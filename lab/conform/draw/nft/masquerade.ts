import { construct } from '../construct.ts';

/** `masquerade`. */
export default construct({
  kind: 'nft statement',
  draw: ({ hooks, chainType }) => (chainType === 'nat' && hooks.every((hook) => hook === 'POSTROUTING') ? { text: 'masquerade' } : null),
});
