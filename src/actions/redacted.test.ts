import assert from 'node:assert/strict';
import test from 'node:test';
import { onNode } from '#snapshot/scope';
import { smallWorld } from '#testing/small-world';
import type { World } from '#world/world';
import { deleteEtcdKey, putEtcdKey } from './etcd-key/preview.ts';
import etcdKey from './etcd-key/perform.ts';
import file from './file/perform.ts';
import { writeFile } from './file/preview.ts';
import nodeAnnotations from './node-annotations/perform.ts';

const NODE = onNode('D');
const ACCESS = { endpoints: ['http://192.0.2.1:2379'], prefix: '/coreos.com/network', caFile: null, certFile: null, keyFile: null };
const KEY = { access: ACCESS, api: 2 as const, key: '/coreos.com/network/subnets/10.244.3.0-24' };
const SECRET = '{"PublicIP":"192.0.2.4","BackendData":{"token":"Hunter2"}}';
const CAPTURED = SECRET.replace('Hunter2', '[redacted]');

/** An etcd of one key, and a Node of one annotation, as curl and kubectl tell and change them. */
function holding(start: string): { readonly world: World; readonly value: () => string | undefined } {
  let value: string | undefined = start;
  const small = smallWorld();
  const answer = (stdout: string) => ({ code: 0, stdout: Buffer.from(stdout), stderr: '', timedOut: false });
  const run: World['run'] = async (argv) => {
    const put = argv.find((word) => word.startsWith('value=') || word.startsWith('noted='));
    if (put !== undefined) value = put.slice('value='.length);
    else if (argv.includes('DELETE')) value = undefined;
    else if (argv[0] === 'kubectl') return answer(JSON.stringify({ metadata: { annotations: { noted: value } } }));
    return answer(JSON.stringify(value === undefined ? { errorCode: 100 } : { node: { value } }));
  };
  return { world: { ...small, run }, value: () => value };
}

test('a key of etcd stands while it says what was captured of it, whatever was taken out', async () => {
  const same = holding(SECRET);
  await etcdKey.perform(deleteEtcdKey(NODE, { ...KEY, was: CAPTURED }), same.world);
  assert.equal(same.value(), undefined);
  const other = holding(SECRET.replace('192.0.2.4', '192.0.2.5'));
  await assert.rejects(etcdKey.perform(deleteEtcdKey(NODE, { ...KEY, was: CAPTURED }), other.world), /no longer what was captured/);
  await assert.rejects(etcdKey.perform(deleteEtcdKey(NODE, { ...KEY, was: null }), other.world), /no longer what was captured/);
  assert.notEqual(other.value(), undefined);
});

test('what had a secret taken out is written nowhere', async () => {
  const { world, value } = holding(SECRET);
  await assert.rejects(
    etcdKey.perform(putEtcdKey(NODE, { ...KEY, was: CAPTURED }, CAPTURED.replace('.4', '.5'), null), world),
    /a secret was taken out/,
  );
  const annotate = {
    do: 'node-annotations',
    on: NODE,
    params: { node: 'D', was: { noted: CAPTURED }, to: { noted: CAPTURED.replace('.4', '.5') } },
  };
  await assert.rejects(nodeAnnotations.perform(annotate, world), /a secret was taken out of noted/);
  assert.equal(value(), SECRET);
  const small = smallWorld();
  await assert.rejects(
    file.perform(writeFile(NODE, '/etc/x.conf', 'ExecStart=flanneld -etcd-password=[redacted]\n'), small),
    /had a secret in it/,
  );
  assert.equal(small.content.size, 0);
});

test('an annotation stands while it says what was captured of it', async () => {
  const { world, value } = holding(SECRET);
  await nodeAnnotations.perform(
    { do: 'node-annotations', on: NODE, params: { node: 'D', was: { noted: CAPTURED }, to: { noted: 'x' } } },
    world,
  );
  assert.equal(value(), 'x');
});

test('an etcd whose addresses hold a password that was not captured is not asked', async () => {
  const { world } = holding(SECRET);
  const access = { ...ACCESS, endpoints: ['http://[redacted]@192.0.2.1:2379'] };
  await assert.rejects(etcdKey.perform(deleteEtcdKey(NODE, { ...KEY, access, was: SECRET }), world), /are not captured/);
});
