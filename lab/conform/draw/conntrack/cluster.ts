import { construct } from '../construct.ts';

/** `-m cluster`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, table, hooks }) => {
    if (table === 'raw' || !hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT' || hook === 'FORWARD')) return null;
    const total = 2 + dice.roll(3);
    const local = `${dice.roll(4) === 0 ? '! ' : ''}--cluster-local-node ${1 + dice.roll(total)}`;
    return { text: `-m cluster --cluster-total-nodes ${total} ${local} --cluster-hash-seed 0x${dice.roll(65536).toString(16)}` };
  },
});
