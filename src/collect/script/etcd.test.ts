import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseText } from '#testing/parse-text';
import etcd from '#parsers/etcd/etcd';
import { ETCD } from './etcd.ts';
import { WORDS } from './words.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const KEY = '/coreos.com/network/subnets/10.244.3.0-24';
const LEASE = '{"PublicIP":"192.168.56.14","BackendType":"vxlan","BackendData":{"VtepMAC":"f2:aa:30:0e:b6:fc"}}';

/** What etcd 3.4's gateway answers, hand-made after a recording. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/v3/kv/range': {
    header: { revision: '5' },
    kvs: [{ key: base64(KEY), value: base64(LEASE), mod_revision: '4', lease: '7668682378237488397' }],
    count: '1',
  },
  '/v3/kv/lease/timetolive': {
    header: { revision: '5' },
    ID: '7668682378237488397',
    TTL: '86343',
    grantedTTL: '86400',
    keys: [base64(KEY)],
  },
};

describe('the script asking etcd', () => {
  const asked: { readonly path: string; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const path = request.url ?? '';
      asked.push({ path, body });
      response.writeHead(path in ANSWERS ? 200 : 404).end(JSON.stringify(ANSWERS[path] ?? {}));
    });
  });
  let work = '';
  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'leadline-etcd-'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.close();
    rmSync(work, { recursive: true });
  });

  it('reads the keys, and the time that is left of each lease', async () => {
    const { port } = server.address() as AddressInfo;
    const stubs = 'flanneld_flag() { :; }\nflanneld_root() { :; }\nMARK=mark WHERE=. LIMITS=new SAID=$WORK/said; : >$SAID';
    const program = `${stubs}\n${WORDS}\n${ETCD}\netcd_read http://127.0.0.1:${port} /coreos.com/network`;
    const child = spawn('sh', ['-c', program], { env: { ...process.env, WORK: work }, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await new Promise((resolve) => child.on('close', resolve));
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['/v3/kv/range', '/v3/kv/lease/timetolive'],
    );
    assert.deepEqual(JSON.parse(asked[1]?.body ?? ''), { ID: '7668682378237488397', keys: true });
    const [range, time] = [...said.matchAll(/begin\n(.*)\nmark end 0/g)].map(([, body = '']) => body);
    const leases = [range, time].map((body) => parseText(etcd, body ?? '').readings.find(({ kind }) => kind === 'lease')?.facts[0]);
    assert.ok(leases.every((lease) => lease !== undefined && 'ttlSeconds' in lease));
    assert.deepEqual(
      leases.map((lease) => [lease && 'subnet' in lease ? lease.subnet : '', lease && 'ttlSeconds' in lease ? lease.ttlSeconds : '']),
      [
        ['10.244.3.0/24', undefined],
        ['10.244.3.0/24', 86343],
      ],
    );
  });
});
