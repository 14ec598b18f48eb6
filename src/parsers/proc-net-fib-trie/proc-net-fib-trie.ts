import { defineFormat } from '../format.ts';

const HEAD = /^(?:Main|Local|Id \d{1,10}):\n\s+(?:\+--|\|--) [0-9.]{7,15}/;

/** /proc/net/fib_trie: prefixes without devices or gateways. No route can be told from it, so it gives no fact. */
export default defineFormat({
  id: 'proc-net-fib-trie',
  is: '/proc/net/fib_trie: prefixes of the IPv4 tables, without devices and gateways',
  tells: ['route'],
  recognise: (head) => (HEAD.test(head.trimStart()) ? 1 : 0),
  parse: () => ({ readings: [], problems: [{ line: 1, why: 'fib_trie tells no device and no gateway: ip route show table all does' }] }),
});
