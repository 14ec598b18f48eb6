const HERE = '--endpoints http://192.168.56.1:2379';
const CLOSED = '--endpoints http://192.168.56.1:2399';
const SILENT = '--endpoints http://10.244.1.12:2379';
const PREFIX = '/coreos.com/network';

const v3 = (line: string) => `ETCDCTL_API=3 etcdctl ${HERE} ${line}`;
const v2 = (line: string) => `ETCDCTL_API=2 etcdctl ${HERE} ${line}`;

/** Lines that fill an empty etcd with what three flanneld nodes leave in it, in the v3 and the v2 key space. */
export function fillings(): readonly string[] {
  const values = Object.entries(leases).map(([subnet, [publicIp, mac]]) => ({
    key: `${PREFIX}/subnets/${subnet}`,
    v3: `{"PublicIP":"${publicIp}","PublicIPv6":null,"BackendType":"vxlan","BackendData":{"VNI":1,"VtepMAC":"${mac}"}}`,
    v2: `{"PublicIP":"${publicIp}","BackendType":"vxlan","BackendData":{"VtepMAC":"${mac}"}}`,
  }));
  const config = '{"Network":"10.244.0.0/16","SubnetLen":24,"Backend":{"Type":"vxlan","VNI":1,"Port":8472}}';
  return [
    v3(`put ${PREFIX}/config '${config}'`),
    ...values.map(
      ({ key, v3: value }) => `lease=$(${v3('lease grant 86400')} | cut -d' ' -f2); ${v3(`put --lease=$lease ${key} '${value}'`)}`,
    ),
    v2(`set ${PREFIX}/config '${config}'`),
    ...values.map(({ key, v2: value }) => v2(`set --ttl 86400 ${key} '${value}'`)),
  ];
}

const leases: Readonly<Record<string, readonly [string, string]>> = {
  '10.244.1.0-24': ['192.168.56.11', 'f2:aa:30:0e:b6:fc'],
  '10.244.2.0-24': ['192.168.56.12', '3e:fa:4c:7e:35:e8'],
  '10.244.3.0-24': ['192.168.56.13', '86:5d:92:b8:94:e1'],
};

/** What is recorded of each userland's etcdctl. */
export const etcdCommands: readonly string[] = [
  'ETCDCTL_API=3 etcdctl version',
  'ETCDCTL_API=2 etcdctl --version',
  ...['simple', 'fields', 'json'].map((form) => v3(`get ${PREFIX} --prefix -w ${form}`)),
  v3(`get ${PREFIX} --prefix -w protobuf | od -c | head -5`),
  v3(`get ${PREFIX} --prefix -w table`),
  v3(`get ${PREFIX} --prefix`),
  v3(`get ${PREFIX} --prefix --keys-only`),
  v3(`get ${PREFIX}/subnets/ --prefix --print-value-only`),
  v3('get / --prefix --keys-only -w json'),
  v3('get /nosuch'),
  v3('get /nosuch -w json'),
  v3('lease list'),
  v3('lease list -w json'),
  `for lease in $(${v3('lease list')} | tail -n +2); do ${v3('lease timetolive $lease --keys')}; done`,
  `${v3('lease timetolive --keys -w json $(')}${v3('lease list')} | tail -1)`,
  v3('lease timetolive 1234567'),
  ...['simple', 'fields', 'json', 'table'].map((form) => v3(`endpoint status -w ${form}`)),
  ...['simple', 'json', 'table'].map((form) => v3(`member list -w ${form}`)),
  v3('endpoint health'),
  `ETCDCTL_API=3 etcdctl ${CLOSED} --command-timeout=1s get / --prefix`,
  `ETCDCTL_API=3 etcdctl ${CLOSED} --dial-timeout=1s --command-timeout=1s endpoint health`,
  `ETCDCTL_API=3 etcdctl ${SILENT} --dial-timeout=1s --command-timeout=1s get / --prefix`,
  v2('ls'),
  v2('ls -r'),
  v2('ls -r -p'),
  v2(`ls ${PREFIX}/subnets`),
  v2(`get ${PREFIX}/config`),
  v2(`get ${PREFIX}/subnets/10.244.2.0-24`),
  `ETCDCTL_API=2 etcdctl ${HERE} -o extended get ${PREFIX}/subnets/10.244.2.0-24`,
  `ETCDCTL_API=2 etcdctl ${HERE} -o json get ${PREFIX}/subnets/10.244.2.0-24`,
  v2(`get ${PREFIX}/subnets/10.244.9.0-24`),
  v2(`get ${PREFIX}/subnets`),
  v2('ls /nosuch'),
  v2('member list'),
  v2('cluster-health'),
  `ETCDCTL_API=2 etcdctl ${CLOSED} ls`,
  `ETCDCTL_API=2 etcdctl ${SILENT} --timeout 1s --total-timeout 1s ls`,
  `curl -s http://192.168.56.1:2379/v2/keys${PREFIX}/?recursive=true`,
  `curl -s http://192.168.56.1:2379/v3/kv/range -X POST -d '{"key":"L2NvcmVvcy5jb20vbmV0d29yaw==","range_end":"L2NvcmVvcy5jb20vbmV0d29yYQ=="}'`,
  'curl -s http://192.168.56.1:2379/version',
];
