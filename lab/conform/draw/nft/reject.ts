import { construct } from '../construct.ts';

/** `reject` with every kind of answer. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, family, hooks, table, chainType }) => {
    if (chainType !== 'filter' || !hooks.every((hook) => hook === 'INPUT' || hook === 'FORWARD' || hook === 'OUTPUT')) return null;
    const own =
      family === 4
        ? [
            'icmp net-unreachable',
            'icmp host-unreachable',
            'icmp prot-unreachable',
            'icmp port-unreachable',
            'icmp admin-prohibited',
            'icmp host-prohibited',
          ]
        : ['icmpv6 no-route', 'icmpv6 admin-prohibited', 'icmpv6 addr-unreachable', 'icmpv6 port-unreachable'];
    const both = ['icmpx no-route', 'icmpx port-unreachable', 'icmpx host-unreachable', 'icmpx admin-prohibited'];
    const kind = dice.pick([...own, ...(table.startsWith('inet') ? both : [])]);
    return { text: dice.pick(['reject', `reject with ${kind}`, `reject with ${kind}`]) };
  },
});
