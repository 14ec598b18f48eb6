import { keptFormat } from '../kept.ts';

/** The sets that iptables rules name. */
export default keptFormat('ipset', '`ipset save` or `ipset list`', (head) =>
  /^create \S{1,64} (?:hash|bitmap|list):/.test(head) || /^Name: \S+\nType: (?:hash|bitmap|list):/.test(head) ? 1 : 0,
);
