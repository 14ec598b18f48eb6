import { keptFormat } from '../kept.ts';

/** First lines of outputs that come along in people's folders and tell nothing that a fact needs. */
const SHAPES: readonly RegExp[] = [
  /^(?:dev \S+ port \S+ grp \S+|\d+: \S+ +\S+ +[0-9a-f.:]+ +(?:temp|permanent))/, // bridge mdb
  /^Basic info: size of leaf:/, // /proc/net/fib_triestat
  /^protocol +size sockets +memory press/, // /proc/net/protocols
  /^sockets: used \d/, // /proc/net/sockstat
  /^[0-9a-f]{8}(?: [0-9a-f]{8}){8,}/, // /proc/net/softnet_stat
  /^entries +in_hit +in_slow_tot/, // /proc/net/stat/rt_cache
  /^Kernel Interface table\nIface +MTU /, // netstat -i
  /^Total: \d+(?: \(kernel \d+\))?\nTCP: /, // ss -s
  /^\{"etcdserver":"/, // etcd's /version
  /^member [0-9a-f]{1,16} is (?:un)?healthy:/, // etcdctl cluster-health
  /^[0-9a-f]{1,16}: name=\S* peerURLs=/, // etcdctl v2 member list
  /^[0-9a-f]{1,16}, (?:started|unstarted), /, // etcdctl v3 member list
  /^etcdctl version: /,
  /^https?:\/\/\S+ is (?:un)?healthy: /, // etcdctl endpoint health
  /^https?:\/\/\S+, [0-9a-f]{1,16}, \d+\.\d+/, // etcdctl endpoint status
  /^\[\{"Endpoint":"/,
  /^\+-+\+[-+]* *\n\| +(?:ENDPOINT|ID) +\|/, // etcdctl's tables
  /^0{7} /, // od
];

/** Outputs that are known and not used. */
export default keptFormat('unused-output', 'a known output', (head) => (SHAPES.some((shape) => shape.test(head)) ? 0.9 : 0));
