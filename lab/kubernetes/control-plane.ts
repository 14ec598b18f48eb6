import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Daemon, startDaemon } from '../real/daemon.ts';
import { type Api, apiOf } from './api.ts';

/** A running etcd and kube-apiserver. */
export type ControlPlane = {
  readonly api: Api;
  readonly endpoint: string;
  /** A kubeconfig for a user of the API. */
  readonly kubeconfig: (user: User) => string;
  readonly stop: () => Promise<void>;
};

/** Where and how it runs. */
export type Wanted = {
  /** The program of all components. */
  readonly program: string;
  /** For data, certificates and logs; emptied by nobody. */
  readonly folder: string;
  /** An address of this namespace that clients reach. */
  readonly address: string;
  readonly serviceRanges: readonly string[];
};

const USERS = {
  admin: ['admin', 'system:masters'],
  'kube-proxy': ['system:kube-proxy', ''],
} as const;

/** Who may ask the API. */
export type User = keyof typeof USERS;

const PORT = 6443;
const READY_LIMIT_MS = 150_000;

/** Starts both and waits until the API is ready. */
export async function startControlPlane({ program, folder, address, serviceRanges }: Wanted): Promise<ControlPlane> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const tokens = new Map((Object.keys(USERS) as User[]).map((user) => [user, randomBytes(16).toString('hex')]));
  const etcd = startDaemon([program, 'etcd', ...etcdFlags(folder)], join(folder, 'etcd.log'));
  const flags = apiFlags(folder, address, serviceRanges, tokens);
  const apiserver = startDaemon([program, 'kube-apiserver', ...flags], join(folder, 'kube-apiserver.log'));
  const stop = async (): Promise<void> => {
    await apiserver.stop();
    await etcd.stop();
  };
  const endpoint = `https://${address}:${PORT}`;
  const certificate = join(folder, 'certificates/apiserver.crt');
  try {
    const api = await ready(endpoint, certificate, tokens.get('admin') ?? '', apiserver, folder);
    await letKubeProxyIn(api);
    const kubeconfig = (user: User): string => writeKubeconfig(folder, user, endpoint, certificate, tokens.get(user) ?? '');
    return {
      api,
      endpoint,
      kubeconfig,
      stop: async () => {
        api.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nothing of it outlives the lab, so nothing waits for a disk. */
const etcdFlags = (folder: string): readonly string[] => [
  `--data-dir=${join(folder, 'etcd')}`,
  '--listen-client-urls=http://127.0.0.1:2379',
  '--advertise-client-urls=http://127.0.0.1:2379',
  '--listen-peer-urls=http://127.0.0.1:2380',
  '--initial-advertise-peer-urls=http://127.0.0.1:2380',
  '--initial-cluster=default=http://127.0.0.1:2380',
  '--unsafe-no-fsync',
  '--log-level=warn',
];

function apiFlags(folder: string, address: string, ranges: readonly string[], tokens: ReadonlyMap<User, string>): readonly string[] {
  const [key, tokenFile] = [join(folder, 'service-accounts.pem'), join(folder, 'tokens.csv')];
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(key, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  const users = [...tokens].map(([user, token]) => `${token},${USERS[user][0]},${user},"${USERS[user][1]}"\n`);
  writeFileSync(tokenFile, users.join(''), { mode: 0o600 });
  return [
    '--etcd-servers=http://127.0.0.1:2379',
    `--advertise-address=${address}`,
    `--secure-port=${PORT}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${tokenFile}`,
    '--authorization-mode=Node,RBAC',
    // no controller manager makes the accounts that this would wait for
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    `--service-cluster-ip-range=${ranges.join(',')}`,
  ];
}

async function ready(endpoint: string, certificate: string, token: string, apiserver: Daemon, folder: string): Promise<Api> {
  const end = Date.now() + READY_LIMIT_MS;
  while (Date.now() < end && apiserver.running()) {
    try {
      const api = apiOf(endpoint, certificate, token);
      await api.get('/readyz');
      return api;
    } catch {
      await wait(100); // not yet: no certificate, no listener, or hooks that still run
    }
  }
  const log = readFileSync(join(folder, 'kube-apiserver.log'), 'utf8');
  throw new Error(`kube-apiserver ${apiserver.running() ? 'is not ready' : 'has ended'}: ${log.trim().split('\n').slice(-5).join('\n')}`);
}

/** What kubeadm does and the API server by itself does not. */
const letKubeProxyIn = (api: Api): Promise<unknown> =>
  api.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'lab:node-proxier' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: USERS['kube-proxy'][0] }],
  });

function writeKubeconfig(folder: string, user: User, endpoint: string, certificate: string, token: string): string {
  const path = join(folder, `${user}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: endpoint, 'certificate-authority': certificate } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user } }],
    'current-context': 'lab',
  };
  writeFileSync(path, `${JSON.stringify(config, null, 1)}\n`, { mode: 0o600 });
  return path;
}
