import { construct } from '../construct.ts';

/** `-m owner`: who sends here is the root of the namespace. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, hooks }) => {
    if (!hooks.every((hook) => hook === 'OUTPUT' || hook === 'POSTROUTING')) return null;
    return { text: `-m owner ${dice.pick(['--uid-owner 0', '! --uid-owner 0', '--uid-owner 1000', '--gid-owner 7'])}` };
  },
});
