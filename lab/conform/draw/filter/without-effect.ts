import { construct } from '../construct.ts';

/** Targets that only tell somebody, or change what is not compared. */
export default construct({
  kind: 'iptables target',
  tables: ['filter', 'mangle', 'raw', 'security'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ dice, table, hooks }) => {
    const leaves = hooks.every((hook) => hook === 'FORWARD' || hook === 'OUTPUT' || hook === 'POSTROUTING');
    const more = table === 'mangle' && leaves ? ['-j CLASSIFY --set-class 1:1'] : [];
    return { text: dice.pick(['-j NFLOG --nflog-group 7', '-j AUDIT --type accept', ...more]) };
  },
});
