import assert from 'node:assert/strict';
import test from 'node:test';
import { columns } from '#report/fold';
import { smallWorld } from '#testing/small-world';
import { main } from '../main.ts';

test('every fault is said in a sentence of either language, and no line is wider than 80 columns', async () => {
  for (const [language, said] of [
    ['en', /^hairpin-off {2}\(service\)\n {3}a pod does not reach itself through its own Service: hairpin mode is off\n/m],
    ['zh', /^hairpin-off {2}\(service\)\n {3}未开启 hairpin/m],
  ] as const) {
    const world = smallWorld();
    assert.equal(await main(['faults', '--lang', language], world), 0);
    assert.match(world.printed(), said);
    assert.deepEqual(
      world
        .printed()
        .split('\n')
        .filter((line) => columns(line) > 80),
      [],
    );
  }
});
