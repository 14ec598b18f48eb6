import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { nodeWorld } from '#cli/node-world';
import type { World } from '#world/world';
import { etcdClient } from './client.ts';

const KEY = '/coreos.com/network/subnets/10.244.3.0-24';
/** With all that a file of curl's could trip over. */
const PASSWORD = 'Tr0ub "4\\dor$x';
const TOKEN = 'HjWdmxtvKWbRYZqt.18';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** An etcd that wants to know who asks; what the client told it is kept. */
async function guarded(act: (endpoint: string) => Promise<void>) {
  const asked: { readonly path: string; readonly authorization: string | undefined; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { url: path = '', headers } = request;
      asked.push({ path, authorization: headers.authorization, body });
      const isLogin = path === '/v3/auth/authenticate' && body === JSON.stringify({ name: 'flannel', password: PASSWORD });
      const isBasic = path.startsWith('/v2/') && headers.authorization === `Basic ${base64(`flannel:${PASSWORD}`)}`;
      const kvs = [{ key: base64(KEY), value: base64('{"PublicIP":"192.0.2.1"}'), lease: '16' }];
      const answer = isLogin
        ? { token: TOKEN }
        : isBasic
          ? { node: { value: 'v2' } }
          : headers.authorization === TOKEN
            ? { kvs }
            : undefined;
      response.writeHead(answer === undefined ? 400 : 200).end(JSON.stringify(answer ?? { error: 'etcdserver: user name is empty' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
  return asked;
}

/** This machine's programs, and a /proc with one flanneld. */
function worldWith(processes: Readonly<Record<string, { readonly cmdline: string; readonly environ?: string }>>) {
  const real = nodeWorld();
  const ran: string[] = [];
  const read = async (path: string): Promise<Buffer> => {
    const [, , pid = '', what] = path.split('/');
    return Buffer.from((what === 'environ' ? processes[pid]?.environ : processes[pid]?.cmdline) ?? '');
  };
  const world: World = {
    ...real,
    files: { ...real.files, list: async () => Object.keys(processes), read },
    run: (argv, options) => {
      ran.push(argv.join(' '));
      return real.run(argv, { ...options, env: { http_proxy: 'http://127.0.0.1:9' } }); // as a shell may have it
    },
  };
  return { world, ran };
}

const params = (endpoint: string, api: 2 | 3) => ({
  access: { endpoints: [endpoint], prefix: '/coreos.com/network', caFile: null, certFile: null, keyFile: null, userName: 'flannel' },
  api,
  key: KEY,
  was: null,
  to: 'delete' as const,
});

const FLANNELD = { 7: { cmdline: ['/usr/bin/flanneld', '-etcd-username=flannel', `-etcd-password=${PASSWORD}`].join('\0') } };

test("the password is flanneld's own, and stands in no argument", async () => {
  const { world, ran } = worldWith(FLANNELD);
  const asked = await guarded(async (endpoint) => {
    const client = await etcdClient(params(endpoint, 3), world);
    assert.deepEqual(await client.get(), { value: '{"PublicIP":"192.0.2.1"}', etcdLease: '10', ttlSeconds: null });
  });
  assert.deepEqual(
    asked.map(({ path, authorization }) => [path, authorization]),
    [
      ['/v3/auth/authenticate', undefined],
      ['/v3/kv/range', TOKEN],
    ],
  );
  assert.ok(
    ran.every((line) => !line.includes('dor') && !line.includes(TOKEN)),
    ran.join('\n'),
  );
});

test('the v2 keys are asked with the same name and password, here from the environment', async () => {
  const { world, ran } = worldWith({ 8: { cmdline: 'flanneld', environ: `A=b\0FLANNELD_ETCD_PASSWORD=${PASSWORD}` } });
  await guarded(async (endpoint) => {
    assert.equal((await (await etcdClient(params(endpoint, 2), world)).get())?.value, 'v2');
  });
  assert.ok(ran.every((line) => !line.includes('dor')));
});

test('where no flanneld runs nobody tells the password', async () => {
  await assert.rejects(etcdClient(params('http://127.0.0.1:1', 3), worldWith({}).world), /etcd knows flanneld as flannel/);
});
