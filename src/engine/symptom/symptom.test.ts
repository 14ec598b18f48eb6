import assert from 'node:assert/strict';
import test from 'node:test';
import { CLIENTS, recordedNames, recordedText } from '#testing/recorded-tools';
import { symptomsIn } from './symptom.ts';

const classOf = (text: string): string | undefined => symptomsIn(text)[0]?.class.id;

test('the kubelet line of a half-open connection is no proof that the API server is down', () => {
  const line =
    'E0415 17:03:11.351872 16624 kubelet_node_status.go:374] Error updating node status, will retry: error getting node "k8s-slave88": Get https://10.13.10.12:6443/api/v1/nodes/k8s-slave88?timeout=5s: net/http: request canceled (Client.Timeout exceeded while awaiting headers)';
  assert.equal(classOf(line), 'kubelet-heartbeat-timeout');
});

test('a name that does not exist is not a name server that does not answer', () => {
  assert.equal(classOf('java.net.UnknownHostException: Unknown host ruleengine-for-admin'), 'name-not-known');
  assert.equal(classOf('curl: (6) Could not resolve host: web'), 'name-not-known');
  assert.equal(classOf(';; connection timed out; no servers could be reached'), 'name-server-silent');
});

test('what runtimes and plugins print is known', () => {
  // as the JDK, Node.js, Python on musl, Go's net/http and flannel's and the bridge's CNI plugins write it
  for (const [line, found] of [
    ['java.net.UnknownHostException: web.default.svc.cluster.local', 'name-not-known'],
    ['java.net.UnknownHostException: web: Temporary failure in name resolution', 'name-server-silent'],
    ['Error: getaddrinfo ENOTFOUND web.default', 'name-not-known'],
    ['socket.gaierror: [Errno -2] Name does not resolve', 'name-not-known'],
    ['socket.gaierror: [Errno -3] Try again', 'name-server-silent'],
    ['Get "https://10.96.0.1:443/version": net/http: TLS handshake timeout', 'tls-handshake-timeout'],
    ['net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)', 'timed-out'],
    [
      'plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory',
      'flannel-subnet-file-missing',
    ],
    ['failed to set bridge addr: "cni0" already has an IP address different from 10.244.1.1/24', 'bridge-has-another-address'],
  ] as const)
    assert.equal(classOf(line), found, line);
});

test('an error that names the way is told from silence', () => {
  assert.equal(classOf('connect: no route to host'), 'no-route');
  assert.equal(classOf('3 packets transmitted, 0 received, 100% packet loss, time 2043ms'), 'timed-out');
  assert.equal(classOf('dial tcp 10.96.0.1:443: connect: connection refused'), 'refused');
  assert.equal(classOf('all is well'), undefined);
});

const CHINESE = [
  '从 A 上的 pod 可以 ping 通 D 上的 pod，但 curl 超时',
  'ping 得通，telnet 8080 不通',
  '能ping通但是连接失败',
  'ping 正常；curl 超时',
];

test('ping works and a connection does not, in the words of whoever saw it', () => {
  for (const said of [
    'ping works, TCP does not',
    'Ping is ok but telnet to 8080 times out',
    'ping 10.1.2.3 works, curl 10.1.2.3:80 hangs',
    'ping 能通,telnet 端口不通',
    ...CHINESE,
  ])
    assert.equal(classOf(said), 'echo-but-no-connection', said);
  for (const said of ['ping does not work, TCP does', 'tcp works, ping fails', 'shipping works, the port is not open'])
    assert.notEqual(classOf(said), 'echo-but-no-connection', said);
});

test('what people write is known, in Chinese too', () => {
  for (const [said, found] of [
    ['测试判断无法ping通', 'no-echo'],
    ['ping 10.1.2.3 does not answer, curl is slow', 'no-echo'],
    ['不能 ping 通 D，curl 也超时', 'no-echo'],
    ['ping 10.1.2.3 不通，curl 超时', 'no-echo'],
    ['curl 超时，ping 没试', 'timed-out'],
    ['ping 10.100.41.10 丢包 100%', 'no-echo'],
    ['ping 不能通,telnet 也不通', 'no-echo'],
    ["can't ping 10.100.41.10", 'no-echo'],
    ['经测试其他node上的pod均无法访问该node上的pod', 'no-connection'],
    ['pods on A can reach pods on B but not D', 'no-connection'],
    ['pods on D cannot be reached', 'no-connection'],
    ['nobody can reach node D', 'no-connection'],
    ['pods on different nodes cannot talk', 'no-connection'],
    ['pod 10.100.41.10 is unreachable', 'no-connection'],
    ['D 上的 pod 不能访问', 'no-connection'],
    ['service 10.96.0.1 times out', 'timed-out'],
    ['curl http://10.100.41.10:8080 hangs', 'timed-out'],
    ['访问 10.96.0.1 超时', 'timed-out'],
    ['pods cannot resolve names', 'name-not-known'],
    ['coredns 解析失败', 'name-not-known'],
    ['node D is not ready', 'node-status-unknown'],
    ['telnet: connect to address 10.100.41.10: 拒绝连接', 'refused'],
    ['ssh: connect to host 192.168.1.13 port 22: 没有到主机的路由', 'no-route'],
    ['java.net.ConnectException: 连接超时 (Connection timed out)', 'timed-out'],
    ['域名解析超时', 'name-server-silent'],
    ['ping: web: 未知的名称或服务', 'name-not-known'],
    ['在容器内解析主机名时速度很慢,有时解析成功,有时解析失败', 'lookups-sometimes'],
    ['intermittent DNS timeouts in pods', 'lookups-sometimes'],
    ['504 Gateway Time-out', 'gateway-error'],
    ["ERROR 2003 (HY000): Can't connect to MySQL server on '192.0.2.10' (110)", 'timed-out'],
  ] as const)
    assert.equal(classOf(said), found, said);
});

test('what kernels and components say of themselves is known', () => {
  // as dmesg, flanneld, etcd and clients on the machine print it
  for (const [said, found] of [
    ['nf_conntrack: nf_conntrack: table full, dropping packet', 'connection-table-was-full'],
    ['neighbour: arp_cache: neighbor table overflow!', 'neighbour-table-was-full'],
    ['IPv4: martian source 10.100.41.10 from 10.100.54.10, on dev ens3', 'martian'],
    ['unregister_netdevice: waiting for eth0 to become free. Usage count = 1', 'device-is-held'],
    ['ping: sendmsg: Operation not permitted', 'own-rule-drops'],
    ["Couldn't fetch network config: client: etcd cluster is unavailable or misconfigured", 'flannel-without-lease'],
    ['etcdserver: request timed out', 'etcd-without-majority'],
  ] as const)
    assert.equal(classOf(said), found, said);
  assert.equal(classOf('mount: Operation not permitted'), undefined);
});

/** What the recorded clients said in the end: the class of their last symptom, by how the question was put. */
function classesOf(name: RegExp): readonly (readonly [string, string | undefined])[] {
  return CLIENTS.flatMap((userland) =>
    recordedNames(userland)
      .filter((one) => name.test(one))
      .map((one) => {
        const said = recordedText(userland, one).split('\n').slice(3).join('\n');
        return [`${userland} ${one}`, symptomsIn(said).at(-1)?.class.id] as const;
      }),
  );
}

test('what real clients say of name servers that are silent is no word about the name', () => {
  const all = classesOf(/^by-192\.0\.2\.55\.(?:ping|nc|ncat|wget|timeout-4-telnet|dig|nslookup-timeout)-/);
  assert.ok(all.length >= 10, `${all.length}`);
  for (const [name, found] of all.filter(([one]) => !one.includes('wget'))) assert.equal(found, 'name-server-silent', name);
});

test('what real clients say of a name that is not there, and of closed and silent ports', () => {
  const expected: readonly (readonly [RegExp, string, number])[] = [
    [
      /^(?:ping|nc-vz|ncat-vz|nc\.traditional-vz|curl-v|timeout-2-telnet|timeout-2-busybox-telnet|timeout-5-wget|nslookup)\S*nosuch\.test/,
      'name-not-known',
      12,
    ],
    [/^(?:nc-vz|nc\.traditional-nvz|ncat-vz|timeout-1-telnet|timeout-1-busybox-telnet)-\S*192\.0\.2\.54-80/, 'refused', 8],
    [/^(?:nc-vz|nc\.traditional-nvz|ncat-vz|curl-sS-m-1-http)-\S*192\.0\.2\.55/, 'timed-out', 7],
    [/^(?:nc-vz|nc\.traditional-nvz|ncat-vz)-\S*203\.0\.113\.9/, 'network-unreachable', 6],
  ];
  for (const [name, symptom, least] of expected) {
    const all = classesOf(name);
    assert.ok(all.length >= least, `${symptom}: ${all.length}`);
    for (const [one, found] of all) assert.equal(found, symptom, one);
  }
});

test('what a help says of options is no symptom; a list of what was seen is', () => {
  const help = '--timeout value connection timeout per request (default: 2s)\n  -t, --timeout=5  fail when the connection timed out';
  assert.deepEqual(symptomsIn(help), []);
  for (const line of ['- connection timed out', '--- 10.0.0.1 ping statistics: 100% packet loss', '-curl: connection timed out'])
    assert.equal(symptomsIn(line).length, 1, line);
});
