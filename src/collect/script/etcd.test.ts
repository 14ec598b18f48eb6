import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import etcd from '#parsers/etcd/etcd';
import { ETCD } from './etcd.ts';
import { WORDS } from './words.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const KEY = '/coreos.com/network/subnets/10.244.3.0-24';
const LEASE = '{"PublicIP":"192.168.56.14","BackendType":"vxlan","BackendData":{"VtepMAC":"f2:aa:30:0e:b6:fc"}}';

const RANGE = {
  header: { revision: '5' },
  kvs: [{ key: base64(KEY), value: base64(LEASE), mod_revision: '4', lease: '7668682378237488397' }],
  count: '1',
};
/** With all that a shell or a file of curl's could trip over. */
const PASSWORD = 'Tr0ub "4\\dor$x\'';
const TOKEN = 'HjWdmxtvKWbRYZqt.18';

/** What etcd 3.4's gateway answers, hand-made after a recording. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/v3/kv/range': RANGE,
  '/v3/kv/lease/timetolive': {
    header: { revision: '5' },
    ID: '7668682378237488397',
    TTL: '86343',
    grantedTTL: '86400',
    keys: [base64(KEY)],
  },
};

type Asked = { readonly path: string; readonly body: string; readonly authorization: string | undefined };
type Answer = (asked: Asked) => unknown;

/** Runs the script against a server of our own; the answer is the stream that it prints, and what it asked. */
async function askedBy(answer: Answer, flags: Readonly<Record<string, string>> = {}, programs: Readonly<Record<string, string>> = {}) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const one = { path: request.url ?? '', body, authorization: request.headers.authorization };
      asked.push(one);
      const told = answer(one);
      response.writeHead(told === undefined ? 404 : 200).end(JSON.stringify(told ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const work = mkdtempSync(join(tmpdir(), 'leadline-etcd-'));
  try {
    const { port } = server.address() as AddressInfo;
    writeFileSync(join(work, 'processes'), '');
    mkdirSync(join(work, 'bin'));
    for (const [name, text] of Object.entries(programs)) writeFileSync(join(work, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    writeFileSync(
      join(work, 'flanneld'),
      Object.entries(flags)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const stubs = `flanneld_flag() { flag=$(sed -n "s/^$1=//p" "$WORK/flanneld"); }\nflanneld_root() { :; }\nflanneld_pid() { :; }\nMARK=mark WHERE=. WATCHED=$WORK/watched SAID=$WORK/said; : >$SAID`;
    const program = `umask 077\n${stubs}\n${WORDS}\n${ETCD}\netcd_read http://127.0.0.1:${port} /coreos.com/network`;
    const child = spawn('sh', ['-c', program], {
      env: {
        ...process.env,
        http_proxy: 'http://192.0.2.1:3128',
        ALL_PROXY: 'http://192.0.2.1:3128',
        WORK: work,
        PATH: `${join(work, 'bin')}:${process.env['PATH']}`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await new Promise((resolve) => child.on('close', resolve));
    const ran = Object.keys(programs).length === 0 ? [] : readFileSync(join(work, 'ran'), 'utf8').trimEnd().split('\n');
    return { said, asked, ran };
  } finally {
    server.close();
    rmSync(work, { recursive: true });
  }
}

/** The leases in each answer that the stream holds. */
const leasesIn = (said: string) =>
  [...said.matchAll(/begin\n([\s\S]*?)\nmark end 0/g)].map(([, body = '']) =>
    factsOf(parseText(etcd, body), 'lease').map(({ subnet, ttlSeconds }): readonly [string, unknown] => [subnet, ttlSeconds]),
  );

describe('the script asking etcd', () => {
  it('reads the keys, and the time that is left of each lease', async () => {
    const { said, asked } = await askedBy(({ path }) => ANSWERS[path]);
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['/v3/kv/range', '/v3/kv/lease/timetolive'],
    );
    assert.deepEqual(JSON.parse(asked[1]?.body ?? ''), { ID: '7668682378237488397', keys: true });
    assert.deepEqual(leasesIn(said), [[['10.244.3.0/24', undefined]], [['10.244.3.0/24', 86343]]]);
  });

  it('asks for the time that is left of many leases by one process', async () => {
    const ids = Array.from({ length: 40 }, (_, at) => at + 1);
    const key = (id: number): string => base64(`/coreos.com/network/subnets/10.244.${id}.0-24`);
    const { said, asked } = await askedBy(({ path, body }) => {
      if (path === '/v3/kv/range')
        return { ...RANGE, kvs: ids.map((id) => ({ key: key(id), value: base64(LEASE), mod_revision: '4', lease: `${id}` })) };
      const { ID } = JSON.parse(body);
      return { header: { revision: '5' }, ID, TTL: `${80_000 + Number(ID)}`, grantedTTL: '86400', keys: [key(Number(ID))] };
    });
    assert.equal(asked.length, 41);
    const [, times = []] = leasesIn(said);
    assert.deepEqual(new Map(times), new Map(ids.map((id) => [`10.244.${id}.0/24`, 80_000 + id] as const)));
    assert.equal(said.match(/mark begin/g)?.length, 2);
  });

  it("logs in with flanneld's own name and password, and tells neither them nor the token", async () => {
    const { said, asked } = await askedBy(
      ({ path, body, authorization }) => {
        if (path === '/v3/auth/authenticate')
          return body === `{"name":"flannel","password":${JSON.stringify(PASSWORD)}}` ? { token: TOKEN } : undefined;
        return authorization === TOKEN ? ANSWERS[path] : undefined;
      },
      { 'etcd-username': 'flannel', 'etcd-password': PASSWORD },
    );
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['/v3/auth/authenticate', '/v3/kv/range', '/v3/kv/lease/timetolive'],
    );
    assert.deepEqual(leasesIn(said)[1], [['10.244.3.0/24', 86343]]);
    for (const secret of [PASSWORD, TOKEN, 'authenticate']) assert.ok(!said.includes(secret), secret);
  });

  it('gives the v2 keys the same name and password', async () => {
    const { said, asked } = await askedBy(({ path }) => (path.startsWith('/v2/') ? { action: 'get', node: {} } : undefined), {
      'etcd-username': 'flannel',
      'etcd-password': PASSWORD,
    });
    const last = asked.at(-1);
    assert.equal(last?.path, '/v2/keys/coreos.com/network/?recursive=true');
    assert.equal(last.authorization, `Basic ${base64(`flannel:${PASSWORD}`)}`);
    assert.ok(!said.includes(PASSWORD));
  });

  it("uses flanneld's own certificates, and etcdctl where the gateway cannot be asked", async () => {
    const flags = { 'etcd-cafile': '/etc/etcd/ca.pem', 'etcd-certfile': '/etc/etcd/cert.pem', 'etcd-keyfile': '/etc/etcd/key.pem' };
    const note = `printf '%s ' "\${0##*/}" "$@" >>"$WORK/ran"; echo >>"$WORK/ran"`;
    const { said, ran } = await askedBy(() => undefined, flags, {
      curl: `${note}\nexit 35`,
      etcdctl: `${note}\necho '${JSON.stringify(RANGE)}'`,
    });
    const [asked = '', ...others] = ran.filter((line) => line.startsWith('curl '));
    assert.match(asked, / --cacert \/etc\/etcd\/ca\.pem --cert \/etc\/etcd\/cert\.pem --key \/etc\/etcd\/key\.pem /);
    assert.deepEqual(others, [], 'a server that nobody can speak with is not asked for other paths');
    assert.match(
      ran.at(-1) ?? '',
      /^etcdctl .* --cacert=\/etc\/etcd\/ca\.pem --cert=\/etc\/etcd\/cert\.pem --key=\/etc\/etcd\/key\.pem get --prefix \/coreos\.com\/network\/ -w json$/,
    );
    assert.deepEqual(leasesIn(said.slice(said.indexOf('argv etcdctl'))).at(-1), [['10.244.3.0/24', undefined]]);
  });

  it('tells what time it is where etcd runs', async () => {
    const { said } = await askedBy(({ path }) => ANSWERS[path]);
    const [, date = ''] = /^mark served [\d.]+ (.* GMT)$/m.exec(said) ?? [];
    assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000, said);
  });
});
