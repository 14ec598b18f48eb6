import { construct } from '../construct.ts';

/** `-m mac`: of a neighbour, or of nobody. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, hooks, layout }) => {
    if (!hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT' || hook === 'FORWARD')) return null;
    const macs = layout.namespaces.flatMap(({ devices }) => devices.flatMap(({ mac }) => (mac === '' ? [] : [mac])));
    return { text: `-m mac ${dice.roll(4) === 0 ? '! ' : ''}--mac-source ${dice.pick([...macs, '02:00:00:00:99:99'])}` };
  },
});
