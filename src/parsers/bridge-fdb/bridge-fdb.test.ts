import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import bridgeFdb from './bridge-fdb.ts';

test('a listing of one device takes its name from the command, and is a part', () => {
  const parsed = parseRecorded(bridgeFdb, 'debian-12', 'bridge-fdb-show-dev-flannel.1');
  const entries = byKey(parsed, 'fdb', ({ mac }) => mac);
  assert.equal(entries.get('3e:fa:4c:7e:35:e8' as never)?.dev, 'flannel.1');
  assert.deepEqual(parsed.readings[0]?.covers, []);
  assert.equal(parseRecorded(bridgeFdb, 'debian-12', 'bridge-fdb-show').readings[0]?.covers, true);
});

test('lines that are no entries are problems', () => {
  assert.deepEqual(
    parseText(bridgeFdb, 'hello\n02:00:00:00:00:01 self permanent\n').problems.map(({ line }) => line),
    [1, 2],
  );
});

test('a listing whose command is not known is a part where it names no devices, or those of one bridge alone', () => {
  const covers = (text: string) => parseText(bridgeFdb, text).readings[0]?.covers;
  assert.deepEqual(covers('3e:fa:4c:7e:35:e8 dst 192.168.56.12 self permanent\n'), [], '`bridge fdb show dev flannel.1`');
  const bridge =
    '33:33:00:00:00:01 dev cni0 self permanent\nee:32:73:53:12:d2 dev veth1 master cni0 \n33:33:00:00:00:01 dev veth1 self permanent\n';
  assert.deepEqual(covers(bridge), [], '`bridge fdb show br cni0`');
  assert.equal(covers(`${bridge}33:33:00:00:00:01 dev eth0 self permanent\n`), true);
});

test('a row that names no device, of a command that is not known, says how to name it', () => {
  const { problems } = parseText(bridgeFdb, '3e:fa:4c:7e:35:e8 dst 192.168.56.12 self permanent\n');
  assert.match(problems[0]?.why ?? '', /^of which device\? put `# bridge fdb show dev NAME`/);
});
