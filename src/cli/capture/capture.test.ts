import assert from 'node:assert/strict';
import test from 'node:test';
import { readArchive } from '#collect/archive/read-archive';
import { smallWorld } from '#testing/small-world';
import { main } from '../main.ts';

const MARK = 'mark-of-a-test';
const CAPTURE = Buffer.from(
  `leadline-capture 1 ${MARK}\n${MARK} tool 0\n${MARK} node D\n${MARK} clock 1 1795263401 0 +0000 100.00 de3642c7\n${MARK} done\n`,
);

test('--loop captures once for each line, into the file that the line names', async () => {
  const world = smallWorld({ capture: CAPTURE, answers: ['one.tar', '', 'two.tar.gz'] });
  assert.equal(await main(['capture', '--loop', '--looks', '1', '--out', 'more.tar'], world), 0);
  assert.deepEqual([...world.content.keys()].sort(), ['more-2.tar', 'one.tar', 'two.tar.gz']);
  assert.deepEqual(
    world
      .printed()
      .trimEnd()
      .split('\n')
      .map((line) => /^wrote (\S+): node D, /.exec(line)?.[1]),
    ['one.tar', 'more-2.tar', 'two.tar.gz'],
  );
  assert.equal((await readArchive('two.tar.gz', world.files)).index.clocks[0]?.node, 'D');
  assert.equal(world.ran.length, 3);
});

test('--script prints the portable file, and runs nothing', async () => {
  const world = smallWorld();
  assert.equal(await main(['capture', '--script'], world), 0);
  assert.match(world.printed(), /^#!\/bin\/sh\n/);
  assert.deepEqual(world.ran, []);
});

test('a node that gives nothing, and numbers that are none, are said in one line', async () => {
  const world = smallWorld();
  assert.equal(await main(['capture'], world), 1);
  assert.match(world.noted(), /nothing could be captured/);
  for (const [args, says] of [
    [['--looks', '0'], /--looks takes a whole number from 1 to 1000, not 0/],
    [['--node', '../x'], /--node takes a node's name/],
    [['--script', '--looks', 'abc'], /--looks takes a number, not "abc"/],
    [['--script', '--looks', '5'], /--script prints a file that takes --looks where it runs: sh leadline-capture\.sh --looks/],
  ] as const) {
    const other = smallWorld({ capture: CAPTURE });
    assert.equal(await main(['capture', ...args], other), 2);
    assert.match(other.noted(), says);
  }
});
