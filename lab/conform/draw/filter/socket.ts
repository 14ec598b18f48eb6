import { construct } from '../construct.ts';

/** `-m socket`, where what comes in is not yet anybody's. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, hooks, table, layout, here }) => {
    const fits = (table === 'mangle' || table === 'raw') && hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT');
    if (!fits) return null;
    const address = here.devices.flatMap(({ addresses }) => addresses)[0]?.split('/')[0];
    const aims = address === undefined || layout.namespaces.length === 0 ? [] : [{ dport: dice.pick([53, 8080]), destination: address }];
    return { text: `-m socket${dice.pick(['', '', ' --nowildcard'])}`, protocol: 'udp', aims };
  },
});
