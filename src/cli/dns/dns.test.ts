import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv } from 'ajv';
import { recordedCaptures, type SmallWorld, smallWorld } from '#testing/small-world';
import { main } from '../main.ts';

const schema = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(new URL('../../../docs/schemas/dns-prediction.schema.json', import.meta.url), 'utf8')) as object,
);
/** The address of a pod of D in the recorded story. */
const POD = '10.100.41.2';
const NAME = 'kubernetes.default.svc.cluster.local.';

async function predicting(state: string, args: readonly string[]): Promise<{ readonly status: number; readonly world: SmallWorld }> {
  const world = smallWorld();
  const paths = await recordedCaptures(world, state);
  return { status: await main(['dns', 'predict', ...paths, '--from', POD, ...args], world), world };
}

test('where all is well each way is an answer at once, from one source port', async () => {
  const { status, world } = await predicting('healthy', ['--name', NAME]);
  assert.equal(status, 0, world.noted());
  assert.match(world.printed(), /^50 %: answer after 0 s, all from one source port$/m);
  assert.doesNotMatch(world.printed(), /no answer/);
});

test('where no server is reached glibc gives up after ten seconds; the JSON is as its schema says', async () => {
  const { status, world } = await predicting('broken', ['--name', NAME, '-o', 'json']);
  assert.equal(status, 0, world.noted());
  const told: unknown = JSON.parse(world.printed());
  assert.ok(schema(told), JSON.stringify(schema.errors?.slice(0, 3)));
  const { branches } = told as { readonly branches: readonly { readonly result: string; readonly afterMs: number }[] };
  assert.deepEqual(
    branches.map(({ result, afterMs }) => [result, afterMs]),
    [
      ['EAI_AGAIN', 10_000],
      ['EAI_AGAIN', 10_000],
    ],
  );
});

test('the schema takes no field that it does not tell, and misses none', async () => {
  const { world } = await predicting('healthy', ['--name', NAME, '-o', 'json']);
  const told = JSON.parse(world.printed()) as object;
  assert.equal(schema({ ...told, more: 1 }), false);
  assert.equal(schema({ client: 'glibc', complete: true }), false);
});

test('a name without its last dot is a wrong call that says why', async () => {
  const { status, world } = await predicting('healthy', ['--name', 'kubernetes.default']);
  assert.equal(status, 2);
  assert.match(world.noted(), /with a trailing dot, not "kubernetes\.default": search lists are not modelled/);
});
