import assert from 'node:assert/strict';
import test from 'node:test';
import { smallWorld } from '#testing/small-world';
import { main } from '../main.ts';

// Hand-made after iproute2 6.1.
const ROUTES = 'default via 192.0.2.1 dev eth0 \n10.100.41.0/24 dev cni0 proto kernel scope link src 10.100.41.1 \n';

/** What is said of each file of a folder that is brought in. */
async function said(files: Readonly<Record<string, string>>, ...more: readonly string[]): Promise<string> {
  const world = smallWorld();
  for (const [name, text] of Object.entries(files)) world.content.set(`seen/${name}`, Buffer.from(text));
  assert.equal(await main(['import', 'seen', '--out', 'seen.tar', '--node', 'A', ...more], world), 0, world.noted());
  return world.printed();
}

test("a whole capture of Leadline's own script is kept, and who brings it in is told what reads it", async () => {
  const printed = await said({ 'routes.txt': ROUTES, 'B.txt': 'leadline-capture 1\nentry 0 0\n', 'notes.txt': 'call me\n' });
  assert.match(printed, /B\.txt: a whole capture of Leadline's own script: kept, not read; give it as it is to leadline diagnose/);
  assert.match(printed, /notes\.txt: not recognised: kept, not read/);
  assert.match(printed, /routes\.txt: .*route/);
  assert.match(printed, /wrote seen\.tar: 3 readings/);
});

test('how many lines were not understood is told, and what is empty', async () => {
  assert.match(await said({ 'routes.txt': `${ROUTES}10.100.54.300/24 dev cni0\n` }), /routes\.txt: .*; 1 line not understood/);
  assert.match(await said({ 'routes.txt': ROUTES, 'empty.txt': '\n' }), /empty\.txt: empty/);
});

test('each line that was not understood is named with its place and why, and itself where the reason does not quote it', async () => {
  const printed = await said({
    'devices.json': '[{"ifname":"lo","operstate":"UP","flags":[],"addr_info":[{"local":"x"}]}]',
    'routes.txt': `${ROUTES}10.100.54.300/24 dev cni0\ndefault via 192.0.2.1 dev eth0 sideways\n`,
    'settings.txt': 'net.ipv4.ip_forward = 1\nnonsense \u001b[31mred\u202e token=abcdefghijkl\n',
    'rules.txt': `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT --frob ${'x'.repeat(200)} -j ACCEPT\nCOMMIT\n`,
  });
  const lines = printed.split('\n');
  assert.ok(lines.includes('   seen/routes.txt:3: not a route: 10.100.54.300/24 dev cni0'), printed);
  assert.ok(
    lines.includes(
      '   seen/routes.txt:4: what this word of a route means is not known: sideways, in: default via 192.0.2.1 dev eth0 sideways',
    ),
  );
  assert.ok(lines.includes('   seen/devices.json:1: [0].addr_info[0] is no address'));
  assert.match(printed, /seen\/rules\.txt:3: not understood: --frob, in: -A INPUT --frob x{104}…$/m);
  assert.match(printed, /seen\/settings\.txt:2: .*nonsense .*red.* token=\[redacted\]/);
  assert.doesNotMatch(printed, /[^\P{C}\n]/u);
  assert.doesNotMatch(printed, /--not-understood/);
});

test('of many lines that were not understood the first are named, and how the others are', async () => {
  const odd = Array.from({ length: 8 }, (_, at) => `10.100.${at}.300/24 dev cni0`).join('\n');
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`routes-${at}.txt`, `${ROUTES}${odd}\n`]));
  const named = (printed: string): number => printed.match(/: not a route: /g)?.length ?? 0;
  const few = await said(files);
  assert.equal(named(few), 30);
  assert.match(few, /^66 more lines not understood: the same with --not-understood names every one$/m);
  assert.equal(few.match(/8 lines not understood/g)?.length, 12);
  assert.equal(named(await said(files, '--not-understood')), 96);
});

test('the lines of one command among several in a file are counted for it alone', async () => {
  const session = `root@A:~# ip route\n${ROUTES}10.100.54.300/24 dev cni0\nroot@A:~# sysctl -a\nnet.ipv4.ip_forward = 1\n`;
  const printed = await said({ 'session.txt': session });
  assert.match(printed, /session\.txt: .*ip route.*; 1 line not understood/);
  assert.match(printed, /session\.txt:4: not a route: 10\.100\.54\.300/);
  assert.doesNotMatch(printed, /sysctl.*not understood/);
});

test('hosts and files whose names are in another script are told apart', async () => {
  const printed = await said({ '节点甲/路由.txt': ROUTES, '节点乙/路由 (副本).txt': ROUTES, 'nœud/routes.txt': ROUTES });
  const lines = printed.split('\n');
  for (const [host, file] of [
    ['节点甲', '路由.txt'],
    ['节点乙', '路由_副本_.txt'],
    ['nœud', 'routes.txt'],
  ])
    assert.ok(
      lines.some((line) => line.startsWith(`${host}  seen/${host}/${file}: `)),
      printed,
    );
});
