import { isRedacted } from '#snapshot/redacted';
import type { RunOptions, World } from '#world/world';
import { type Login, loginOf } from './login.ts';
import type { EtcdKey } from './preview.ts';

/** A key as it stands in etcd. */
export type Stored = { readonly value: string; readonly etcdLease: string | null; readonly ttlSeconds: number | null };

/** What the actions ask of etcd. `undefined`: no such key. */
export type EtcdClient = {
  readonly get: () => Promise<Stored | undefined>;
  readonly put: (stored: Stored) => Promise<void>;
  readonly remove: () => Promise<void>;
};

const LIMIT_MS = 10_000;

async function text(world: World, argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await world.run(argv, { timeoutMs: LIMIT_MS, ...options });
  if (code !== 0) throw new Error(`${argv[0]} ended with ${code ?? 'a signal'}: ${stderr.trim()}`);
  return stdout.toString('utf8');
}

const works = async (world: World, argv: readonly string[]): Promise<boolean> => {
  try {
    return (await world.run(argv, { timeoutMs: LIMIT_MS })).code === 0;
  } catch {
    return false;
  }
};

/** The way to etcd that this node has: `curl` to its HTTP API with flanneld's own certificate, else `etcdctl`. */
export async function etcdClient(params: EtcdKey, world: World): Promise<EtcdClient> {
  if (params.access.endpoints.length > 0 && params.access.endpoints.every(isRedacted))
    throw new Error("a name and a password stand in the addresses of flanneld's etcd, and are not captured: nothing can reach etcd");
  const login = await loginOf(params.access, world);
  if (await works(world, ['curl', '--version']))
    return params.api === 2 ? v2Client(params, world, login) : gatewayClient(params, world, login);
  if (params.api === 3 && (await works(world, ['env', 'ETCDCTL_API=3', 'etcdctl', 'version']))) return etcdctlClient(params, world, login);
  throw new Error('neither curl nor etcdctl is installed here: nothing can reach etcd');
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const base64 = (value: string): string => Buffer.from(value).toString('base64');
const unbase64 = (value: unknown): string => Buffer.from(String(value ?? ''), 'base64').toString('utf8');
const leaseText = (id: unknown): string | null =>
  id === undefined || id === null || `${id}` === '0' ? null : BigInt(`${id}`).toString(16);

const files = ({ access }: EtcdKey, flags: readonly [string, string, string]): readonly string[] =>
  [access.caFile, access.certFile, access.keyFile].flatMap((file, at) => (file === null ? [] : [flags[at] ?? '', file]));

/** The first endpoint that answers. */
async function firstAnswer(params: EtcdKey, ask: (endpoint: string) => Promise<string>): Promise<string> {
  let last: unknown = new Error('no endpoint of etcd is known');
  for (const endpoint of params.access.endpoints) {
    try {
      return await ask(endpoint.replace(/\/$/, ''));
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** Options of curl on its standard input, where no list of processes shows them. No proxy of the shell stands between here and etcd. */
const curlOptions = (options: Readonly<Record<string, string | undefined>>): RunOptions => ({
  stdin: Object.entries({ noproxy: '*', ...options })
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} = "${value.replaceAll(/[\\"]/g, '\\$&')}"\n`]))
    .join(''),
});

/** etcd's v3 calls as JSON over HTTP (etcd ≥ 3.4: /v3; 3.3: /v3beta). */
function gatewayClient(params: EtcdKey, world: World, login: Login | undefined): EtcdClient {
  const certificates = files(params, ['--cacert', '--cert', '--key']);
  const post = (url: string, body: unknown, header?: string): Promise<string> =>
    text(
      world,
      ['curl', '-fsS', '--max-time', '5', ...certificates, '-K', '-', url],
      curlOptions({ 'data-binary': JSON.stringify(body), header }),
    );
  const authorization = async (base: string): Promise<string | undefined> => {
    if (login === undefined) return undefined;
    const { token } = asRecord(JSON.parse(await post(`${base}/auth/authenticate`, login)));
    return `Authorization: ${token}`;
  };
  const call = async (name: string, body: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const ask = async (endpoint: string, version: string): Promise<string> =>
      post(`${endpoint}/${version}/kv/${name}`, body, await authorization(`${endpoint}/${version}`));
    return asRecord(JSON.parse(await firstAnswer(params, (endpoint) => ask(endpoint, 'v3').catch(() => ask(endpoint, 'v3beta')))));
  };
  const key = base64(params.key);
  return {
    get: async () => {
      const [first] = listIn((await call('range', { key }))['kvs']);
      const kv = asRecord(first);
      return first === undefined ? undefined : { value: unbase64(kv['value']), etcdLease: leaseText(kv['lease']), ttlSeconds: null };
    },
    put: async ({ value, etcdLease }) => {
      const lease = etcdLease === null ? {} : { lease: BigInt(`0x${etcdLease}`).toString() };
      await call('put', { key, value: base64(value), ...lease });
    },
    remove: async () => void (await call('deleterange', { key })),
  };
}

function etcdctlClient(params: EtcdKey, world: World, login: Login | undefined): EtcdClient {
  const options = login === undefined ? {} : { env: { ETCDCTL_USER: `${login.name}:${login.password}` } };
  const certificates = files(params, ['--cacert', '--cert', '--key']);
  const program = ['env', 'ETCDCTL_API=3', 'etcdctl', `--endpoints=${params.access.endpoints.join(',')}`, ...certificates];
  return {
    get: async () => {
      const [first] = listIn(asRecord(JSON.parse(await text(world, [...program, 'get', params.key, '-w', 'json'], options)))['kvs']);
      const kv = asRecord(first);
      return first === undefined ? undefined : { value: unbase64(kv['value']), etcdLease: leaseText(kv['lease']), ttlSeconds: null };
    },
    put: async ({ value, etcdLease }) =>
      void (await text(world, [...program, 'put', ...(etcdLease === null ? [] : [`--lease=${etcdLease}`]), params.key, value], options)),
    remove: async () => void (await text(world, [...program, 'del', params.key], options)),
  };
}

/** etcd's v2 keys: a key's time to live is its own, and must be given again with every set. */
function v2Client(params: EtcdKey, world: World, login: Login | undefined): EtcdClient {
  const options = curlOptions({ user: login === undefined ? undefined : `${login.name}:${login.password}` });
  const certificates = files(params, ['--cacert', '--cert', '--key']);
  const url = (endpoint: string): string => `${endpoint}/v2/keys${params.key}`;
  const curl = ['curl', '-sS', '--max-time', '5', '-L', ...certificates, '-K', '-'];
  return {
    get: async () => {
      const answer = asRecord(JSON.parse(await firstAnswer(params, (endpoint) => text(world, [...curl, url(endpoint)], options))));
      const node = asRecord(answer['node']);
      if (answer['errorCode'] === 100) return undefined;
      return { value: String(node['value'] ?? ''), etcdLease: null, ttlSeconds: typeof node['ttl'] === 'number' ? node['ttl'] : null };
    },
    put: async ({ value, ttlSeconds }) => {
      const ttl = ttlSeconds === null ? [] : ['--data-urlencode', `ttl=${ttlSeconds}`];
      const argv = (endpoint: string): readonly string[] => [
        ...curl,
        '-f',
        '-X',
        'PUT',
        '--data-urlencode',
        `value=${value}`,
        ...ttl,
        url(endpoint),
      ];
      await firstAnswer(params, (endpoint) => text(world, argv(endpoint), options));
    },
    remove: async () =>
      void (await firstAnswer(params, (endpoint) => text(world, [...curl, '-f', '-X', 'DELETE', url(endpoint)], options))),
  };
}
