import assert from 'node:assert/strict';
import test from 'node:test';
import { smallWorld } from '#testing/small-world';
import { main } from './main.ts';

const MARK = 'mark-of-a-test';
const CAPTURE = Buffer.from(
  `leadline-capture 1 ${MARK}\n${MARK} tool 0\n${MARK} node D\n${MARK} clock 1 1795263401 0 +0000 100.00 de3642c7\n${MARK} done\n`,
);
const SAYS =
  /cluster\.zip promises a zip file: a snapshot is written as \.tar\.gz, \.tar or a folder; type cluster\.tar\.gz, or cluster\.zip\/ for a folder of that name/;

for (const args of [
  ['merge', 'D.stream', '--out', 'cluster.zip'],
  ['import', 'D.stream', '--out', 'cluster.zip'],
  ['capture', '--out', 'cluster.zip'],
  ['capture', '--loop', '--out', 'cluster.zip'],
  ['capture', '--loop'],
]) {
  test(`a name that promises what is not written is refused before anything is read: ${args.join(' ')}`, async () => {
    const world = smallWorld({ capture: CAPTURE, answers: ['cluster.zip'] });
    world.content.set('D.stream', CAPTURE);
    assert.equal(await main(args, world), 2);
    assert.match(world.noted(), SAYS);
    assert.deepEqual([[...world.content.keys()], world.ran, world.printed()], [['D.stream'], [], '']);
  });
}

test('the same name with a slash is a folder', async () => {
  const world = smallWorld();
  world.content.set('D.stream', CAPTURE);
  assert.equal(await main(['merge', 'D.stream', '--out', 'cluster.zip/'], world), 0, world.noted());
  assert.ok(world.content.has('cluster.zip//leadline.json'));
});
