import { machineLines } from './machine-lines.ts';
import { matches, type SymptomClass } from './symptom-class.ts';

/** A pasted line that was recognised. */
export type Symptom = { readonly line: number; readonly text: string; readonly class: SymptomClass };

/** Up to the end of what is said of one thing; the dots of an address do not end it. */
const ON = String.raw`(?:[^,;.，；。]|\.(?=\w))`;
const ECHO_WORKS = new RegExp(
  String.raw`\b(?:ping|icmp)\b${ON}*?\b(?:works?|ok|okay|succeeds|answers?|fine)\b|ping${ON}*(?:(?<!不)能|可以|正常)|(?<!(?:不能?|无法|没法)(?:够|再)? ?)ping ?得?通(?!过)`,
  'i',
);
const CONNECTION_FAILS =
  /\b(?:tcp|telnet|curl|https?|nc|wget|connect\w*|port)\b.*?\b(?:not|n't|fails?|hangs?|time(?:s|d)? ?out|never|no)\b|(?:tcp|telnet|curl|http|端口|连接).*(?:不|失败|超时)/i;

/** Kinds of lines that people paste. Order matters: the first that fits names the line. */
export const symptomClasses: readonly SymptomClass[] = [
  ...machineLines,
  {
    id: 'kubelet-heartbeat-timeout',
    is: matches(
      /Error updating node status.*(Client\.Timeout exceeded|context deadline exceeded|request canceled)|failed to (update|ensure) (node )?lease.*(Timeout|deadline)/i,
    ),
    proves: {
      en: "the kubelet's request got no answer in time on the connection that it used",
      zh: 'kubelet 在其所用的连接上没有及时得到响应',
    },
    doesNot: {
      en: 'that the API server or the network is down: a new connection may work while this one is dead (half-open)',
      zh: '不能说明 API Server 或网络已中断:旧连接可能已半开,而新建连接正常',
    },
    area: 'control-plane',
  },
  {
    id: 'node-status-unknown',
    is: matches(/Kubelet stopped posting node status|NodeStatusUnknown|\bNotReady\b|\b[Nn]ode\b.*\bnot ready\b/),
    proves: { en: "the control plane has not seen the node's heartbeat for the grace period", zh: '控制面在宽限期内没有收到该节点的心跳' },
    doesNot: { en: 'that the node or its pods are down', zh: '不能说明节点或其上的 Pod 已停止' },
    area: 'control-plane',
  },
  {
    id: 'lookups-sometimes',
    is: matches(
      /(?:解析|\bdns\b).*(?:有时|时好时坏|偶尔|间歇|很慢|延时|延迟)|\b(?:dns|lookups?|nslookup|resol\w+)\b.*\b(?:sometimes|intermittent\w*|slow(?:ly)?|occasional\w*)\b|\b(?:intermittent|slow|occasional)\b.*\b(?:dns|lookups?|resol\w+)\b/i,
    ),
    proves: { en: 'some lookups are answered: a name server can be reached from there', zh: '部分查询有应答:从该处可以到达某个域名服务器' },
    doesNot: {
      en: 'that CoreDNS is overloaded: one of its replicas may be dead while rules still name it, and a lookup that goes there stays there by its source port',
      zh: '不能说明 CoreDNS 过载:可能某个副本已失效而规则仍指向它,同一次查询因源端口不变会一直发往该副本',
    },
    area: 'dns',
  },
  {
    id: 'name-server-silent',
    is: matches(
      /Temporary failure in name resolution|no servers could be reached|communications error to \S+#\d+: timed out|Resolving timed out after|lookup .* i\/o timeout|EAI_AGAIN|\[Errno -3\] Try again|server misbehaving|SERVFAIL|解析.{0,20}(?:超时|暂时)|(?:status|can't find \S+): REFUSED/i,
    ),
    proves: { en: 'no name server gave a usable answer', zh: '没有任何域名服务器给出可用的应答' },
    doesNot: { en: 'that CoreDNS is at fault: its packets may be lost on the way', zh: '不能说明是 CoreDNS 的问题:报文可能在途中丢失' },
    area: 'dns',
  },
  {
    id: 'name-not-known',
    // that an address has no name (`inverse host lookup failed`) keeps nobody from asking it
    is: matches(
      /^(?!.*inverse host lookup).*(?:Unknown ?host|Name or service not known|Name does not resolve|ENOTFOUND|no such host|NXDOMAIN|could not resolve host|unable to resolve host|bad address '|couldn't get address for |未知的名称或服务|未知主机|无法解析|解析(?:失败|不了)|\b(?:can(?:'t|not)|unable to) resolve\b)/i,
    ),
    proves: { en: 'the lookup ended without an address', zh: '域名解析最终没有得到地址' },
    doesNot: {
      en: 'that a name server answered: glibc, Go and Java print the same words when the servers were silent for the last name tried',
      zh: '不能说明域名服务器有过应答:服务器沉默时,glibc、Go 和 Java 也可能打印同样的文字',
    },
    area: 'dns',
  },
  {
    id: 'echo-but-no-connection',
    is: (line) => ECHO_WORKS.test(line) && CONNECTION_FAILS.test(line),
    proves: {
      en: 'small packets find their way there and back: routes, tunnels and neighbours of this pair work',
      zh: '小报文往返可达:这一对之间的路由、隧道和邻居表都正常',
    },
    doesNot: {
      en: 'that the network is fine: rules by protocol or port, an MTU that large packets exceed, and a Service whose rules know no ICMP let an echo through, too',
      zh: '不能说明网络正常:按协议或端口的规则、过小的 MTU、以及不处理 ICMP 的 Service 规则都会放行 ping',
    },
    area: 'node',
  },
  {
    id: 'no-echo',
    is: matches(
      new RegExp(
        String.raw`(?:无法|不能|没法) ?ping|ping${ON}{0,40}(?:不通|不能|失败|超时)|丢包\S{0,4} ?100|\b(?:can(?:'t|not)|unable to) ping\b|\bping\b${ON}{0,60}\b(?:fails|does(?:n't| not) (?:work|answer))`,
        'i',
      ),
    ),
    proves: { en: 'an echo, or the answer to it, does not come through', zh: 'ping 的请求或应答未能到达' },
    doesNot: {
      en: 'that connections fail, too: a rule may drop ICMP alone; nor in which direction it is lost',
      zh: '不能说明 TCP 连接也失败:规则可能只丢弃 ICMP;也不能说明丢在哪个方向',
    },
    area: 'overlay',
  },
  {
    id: 'tls-handshake-timeout',
    is: matches(/TLS handshake timeout|SSL_connect.* time(?:d )?out|TLS handshake timed out/i),
    proves: {
      en: 'a connection came about, and nothing came back in time for the first data on it',
      zh: '连接已经建立,但首批数据在时限内没有得到应答',
    },
    doesNot: {
      en: 'that certificates are wrong: large packets may be lost on the way (MTU), or the server is too busy',
      zh: '不能说明证书有问题:可能是大报文在途中丢失(MTU),或服务端过忙',
    },
    area: 'node',
  },
  {
    // github.com/flannel-io/cni-plugin flannel.go loadFlannelSubnetEnv
    id: 'flannel-subnet-file-missing',
    is: matches(/open \S*\/subnet\.env: no such file or directory/i),
    proves: {
      en: 'flanneld has written no subnet on this node since it booted: no new pod gets a network here',
      zh: '该节点启动后 flanneld 还没有写出子网文件:新 Pod 无法配置网络',
    },
    doesNot: {
      en: 'that packets are lost: flanneld has no lease (its log says why), and what ran before goes on',
      zh: '不能说明报文丢失:flanneld 尚未取得租约(原因见其日志),已运行的 Pod 不受影响',
    },
    area: 'overlay',
  },
  {
    // github.com/containernetworking/plugins plugins/main/bridge/bridge.go ensureAddr
    id: 'bridge-has-another-address',
    is: matches(/already has an IP address different from/i),
    proves: {
      en: "the pods' bridge has an address of another subnet than the one that new pods are to be in: none is made on this node",
      zh: 'Pod 网桥的地址不在新 Pod 应使用的网段内:该节点无法创建新 Pod',
    },
    doesNot: {
      en: 'which of the two is right: the lease may have changed, or the bridge is older than it',
      zh: '不能说明哪一个正确:可能是租约变了,也可能是网桥先于租约创建',
    },
    area: 'pod',
  },
  {
    id: 'no-route',
    is: matches(
      /No route to host|EHOSTUNREACH|Destination Host Unreachable|: host unreachable|Packet filtered|Communication prohibited|没有到主机的路由|主机不可达/i,
    ),
    proves: {
      en: 'somebody answered that the address cannot be reached: a neighbour that does not answer, or a REJECT rule',
      zh: '有设备回应该地址不可达:邻居无应答,或命中 REJECT 规则',
    },
    doesNot: { en: 'that a route is missing', zh: '不能说明缺少路由' },
    area: 'node',
  },
  {
    id: 'network-unreachable',
    is: matches(/Network (?:is )?unreachable|ENETUNREACH|Destination Net Unreachable|网络不可达/i),
    proves: { en: 'a routing table on the way has no route for the address', zh: '途中某张路由表没有到该地址的路由' },
    doesNot: {
      en: 'where: the sender or any router on the way may say so',
      zh: '不能说明在哪一跳:发送方或途中任何一台路由器都可能这样回应',
    },
    area: 'node',
  },
  {
    id: 'refused',
    is: matches(/Connection refused|ECONNREFUSED|connection to the server \S+ was refused|拒绝连接|连接被?拒绝|server on '\S+ \(111\)/i),
    proves: {
      en: 'the packet reached a stack that answered: nothing listens there, or a rule answers in its name',
      zh: '报文到达了会应答的协议栈:端口没有监听,或有规则代为拒绝',
    },
    doesNot: { en: 'that the network is broken', zh: '不能说明网络不通' },
    area: 'service',
  },
  {
    id: 'reset',
    is: matches(/Connection reset by peer|ECONNRESET|Empty reply from server|被对方重[置设]|连接被?重置/i),
    proves: {
      en: 'a connection stood, and the other end, or a box or a rule in its name, ended it',
      zh: '连接曾经建立,随后被对端、或以其名义的中间设备或规则结束',
    },
    doesNot: { en: 'that packets are lost', zh: '不能说明报文有丢失' },
    area: 'service',
  },
  {
    id: 'timed-out',
    is: matches(
      /timed out|connect(?:ion)? timeout|Timeout was reached|Ncat: TIMEOUT|ETIMEDOUT|i\/o timeout|Client\.Timeout exceeded|100% packet loss|deadline exceeded|\btim(?:es|ing) out\b|\bhangs\b|超时|server on '\S+ \(110\)/i,
    ),
    proves: { en: 'no answer came back in time', zh: '在时限内没有收到应答' },
    doesNot: { en: 'in which direction the packet was lost', zh: '不能说明丢在去程还是回程' },
    area: 'overlay',
  },
  {
    id: 'no-connection',
    is: matches(
      /(?:Couldn't|Could not) connect to server|\b(?:can(?:'t|not)|unable to) (?:reach|connect|access)|can reach .* but not|\b(?:can(?:'t|not)|can not) (?:be (?:reached|accessed|connected)|talk|communicate)\b|\b(?:nobody|no ?one|nothing) can (?:reach|connect|access)|\b(?:is|are) (?:un|not )reachable|\bunreachable\b|(?:无法|不能|没法)(?:访问|连接|通信)|(?:访问|连接)不[了上]|连不上|不通/i,
    ),
    proves: { en: 'no connection came about', zh: '没有建立连接' },
    doesNot: {
      en: 'whether the address refused, was silent or cannot be reached: `curl -v` tells',
      zh: '不能区分拒绝、无应答与不可达:`curl -v` 会给出原因',
    },
    area: 'node',
  },
  {
    id: 'gateway-error',
    is: matches(
      /Bad Gateway|Gateway Time-?out|upstream connect error|no (?:healthy|live) upstreams?|503 Service (?:Temporarily )?Unavailable/i,
    ),
    proves: {
      en: 'a proxy was reached, and got no answer, or none in time, from what is behind it',
      zh: '已到达代理,但代理没有(及时)得到其后端的应答',
    },
    doesNot: {
      en: 'that the way from the client to the proxy is at fault, or that the pods behind it are down',
      zh: '不能说明客户端到代理的路径有问题,也不能说明后端 Pod 已停止',
    },
    area: 'service',
  },
];

/** What a program's help says of an option, pasted with the rest: `--timeout value connection timeout per request`. */
const OF_HELP = /^\s*--?[a-z][\w-]*(?:[ ,=]|$)/i;

/** The recognised lines of a pasted text, in order. */
export function symptomsIn(text: string): readonly Symptom[] {
  return text.split('\n').flatMap((line, index): Symptom[] => {
    if (OF_HELP.test(line)) return [];
    const found = symptomClasses.find(({ is }) => is(line));
    return found === undefined ? [] : [{ line: index + 1, text: line.trim(), class: found }];
  });
}
