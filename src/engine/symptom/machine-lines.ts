import { matches, type SymptomClass } from './symptom-class.ts';

/** What kernels and the components of a node say of themselves. */
export const machineLines: readonly SymptomClass[] = [
  {
    // net/netfilter/nf_conntrack_core.c __nf_conntrack_alloc
    id: 'connection-table-was-full',
    is: matches(/nf_conntrack: table full, dropping packet/i),
    proves: {
      en: 'the kernel dropped packets of new connections, for there was no room for them in its table',
      zh: '内核因连接跟踪表已满丢弃了新连接的报文',
    },
    doesNot: {
      en: 'that it is full now, or that this namespace filled it',
      zh: '不能说明该表现在仍是满的,也不能说明是本命名空间占满的',
    },
    area: 'node',
  },
  {
    // net/core/neighbour.c neigh_alloc
    id: 'neighbour-table-was-full',
    is: matches(/neighbou?r table overflow/i),
    proves: {
      en: 'the kernel had no room for another neighbour: what was to go to an address that it had not resolved was lost',
      zh: '内核无法再添加邻居表项:发往尚未解析地址的报文丢失',
    },
    doesNot: {
      en: 'that this namespace has many neighbours: all of a machine share one budget',
      zh: '不能说明本命名空间的邻居过多:整台机器的所有命名空间共用同一上限',
    },
    area: 'node',
  },
  {
    // net/ipv4/route.c ip_handle_martian_source
    id: 'martian',
    is: matches(/martian (?:source|destination)/i),
    proves: {
      en: 'the kernel dropped a packet: by its routes that source cannot come in there, or is its own',
      zh: '内核丢弃了报文:按其路由,该源地址不应从此设备进入,或是本机地址',
    },
    doesNot: {
      en: 'that somebody forges addresses: a way back that differs from the way there looks the same',
      zh: '不能说明有人伪造地址:往返路径不对称时也会如此',
    },
    area: 'node',
  },
  {
    // net/core/dev.c netdev_wait_allrefs_any
    id: 'device-is-held',
    is: matches(/unregister_netdevice: waiting for \S+ to become free/i),
    proves: {
      en: 'something in the kernel still holds a device that is to go: its namespace cannot be freed',
      zh: '内核中仍有对象引用待删除的设备:其命名空间无法释放',
    },
    doesNot: { en: 'that packets of other pods are lost', zh: '不能说明其他 Pod 的报文丢失' },
    area: 'node',
  },
  {
    // net/netfilter/core.c nf_hook_slow: what is dropped on the way out fails at its sender
    id: 'own-rule-drops',
    is: matches(
      /\b(?:sendto|sendmsg|sendmmsg|connect|send|ping\d?|nc|dial|write|socket)\b.*operation not permitted|(?:sendto|sendmsg|connect|ping).*不允许的操作|\bEPERM\b.*\d{1,3}(?:\.\d{1,3}){3}/i,
    ),
    proves: {
      en: "the sender's own machine dropped it on its way out: by a rule, or for want of room in its connection table",
      zh: '报文在发送方本机的出站路径上被丢弃:命中规则,或连接跟踪表已满',
    },
    doesNot: { en: 'that anything beyond that machine is at fault', zh: '不能说明该机器以外有问题' },
    area: 'node',
  },
  {
    // github.com/flannel-io/flannel main.go, pkg/subnet
    id: 'flannel-without-lease',
    is: matches(
      /Couldn't fetch network config|Error registering network|failed to acquire lease|etcd cluster is unavailable or misconfigured/i,
    ),
    proves: {
      en: "flanneld has not got the network's configuration, or no lease: a node that had none gets no pod network",
      zh: 'flanneld 未取得网络配置或租约:尚无租约的节点无法建立 Pod 网络',
    },
    doesNot: {
      en: 'that packets of running pods are lost: what flanneld had programmed stays',
      zh: '不能说明运行中 Pod 的报文丢失:flanneld 已下发的配置仍然有效',
    },
    area: 'overlay',
  },
  {
    id: 'etcd-without-majority',
    is: matches(/etcdserver: (?:request timed out|leader changed|no leader|server stopped)|raft.*lost leader/i),
    proves: { en: "etcd's members did not agree in time", zh: 'etcd 成员未能及时达成一致' },
    doesNot: {
      en: 'that the network between them lost packets: a slow disk does the same',
      zh: '不能说明成员之间丢包:磁盘过慢也会如此',
    },
    area: 'control-plane',
  },
];
