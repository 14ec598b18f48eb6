import { construct } from '../construct.ts';

/** `-m physdev`: the port of a bridge that a packet came in on or goes out on. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, here, hooks, layout }) => {
    if (layout.id !== 'bridged' || here.role !== 'switch') return null;
    const not = dice.roll(4) === 0 ? '! ' : '';
    const port = dice.pick(['p2', 'p3', 'p+']);
    const isOut = hooks.every((hook) => hook === 'FORWARD' || hook === 'POSTROUTING');
    const isIn = hooks.every((hook) => hook !== 'OUTPUT');
    if (!isIn) return null;
    const out = isOut ? [`${not}--physdev-out ${port}`, `${not}--physdev-is-out`, `${not}--physdev-is-bridged`] : [];
    return { text: `-m physdev ${dice.pick([`${not}--physdev-in ${port}`, `${not}--physdev-is-in`, ...out])}` };
  },
});
