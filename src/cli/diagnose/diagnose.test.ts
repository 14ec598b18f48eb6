import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import { type Change, recordedCaptures, type SmallWorld, smallWorld, type Wanted } from '#testing/small-world';
import { main } from '../main.ts';

const schema = (name: string): ValidateFunction =>
  new Ajv({ allErrors: true, strictTypes: false }).compile(
    JSON.parse(readFileSync(new URL(`../../../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8')),
  );

type Ran = { readonly status: number; readonly world: SmallWorld };

/** Diagnoses the recorded captures of a state, changed. */
async function diagnosed(state: string, args: readonly string[], changes: readonly Change[] = [], wanted: Wanted = {}): Promise<Ran> {
  const world = smallWorld(wanted);
  const paths = await recordedCaptures(world, state, changes);
  return { status: await main(['diagnose', ...paths, ...args], world), world };
}

const BOOT = 'nodes/D/systemd-analyze_cat-config_sysctl.d';
const forgetful: Change = { node: 'D', file: BOOT, to: (text) => text.replaceAll(/^net\.ipv4\.ip_forward.*$/gm, '') };
const withoutFdb: Change = { node: 'A', file: 'nodes/A/bridge_-d_-j_fdb_show', to: null };

test('exit 0: a healthy cluster', async () => {
  const { status, world } = await diagnosed('healthy', []);
  assert.equal(status, 0, world.printed());
  assert.match(world.printed(), /^4 nodes, \d+ checks: \d+ pass, 0 fail/);
  assert.match(world.printed(), /✓ {2}nothing found/);
});

test('exit 3: an error is found, and told with file, line and quote', async () => {
  const { status, world } = await diagnosed('broken', []);
  assert.equal(status, 3);
  assert.match(world.printed(), /✗ {2}vxlan-vtep-mac-stale {2}lease\/10\.100\.41\.0\/24 {2}\(proved\)/);
  assert.match(
    world.printed(),
    /see {7}nodes\/[A-D]\/etcd#kvs\[2\]\n +\/coreos\.com\/network\/subnets\/10\.100\.41\.0-24\n.*"VtepMAC":"02:de:ad:00:41:2b"/,
  );
});

test('exit 4: a warning counts only where it was asked for', async () => {
  const { status } = await diagnosed('healthy', [], [forgetful]);
  assert.equal(status, 0);
  const asked = await diagnosed('healthy', ['--fail-on', 'warning'], [forgetful]);
  assert.equal(asked.status, 4);
  assert.match(asked.world.printed(), /! {2}ip-forward-not-persistent {2}node\/D/);
});

test('exit 5: what was required could not be judged; 3 and 4 come before it', async () => {
  const required = ['--require', 'vxlan-fdb-missing'];
  assert.equal((await diagnosed('healthy', required)).status, 0);
  assert.equal((await diagnosed('healthy', required, [withoutFdb])).status, 5);
  assert.equal((await diagnosed('healthy', [...required, '--fail-on', 'warning'], [withoutFdb, forgetful])).status, 4);
  assert.equal((await diagnosed('broken', required, [withoutFdb])).status, 3);
});

test('exit 2: a wrong call names the option and says what it takes', async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--lang', 'fr'], /--lang takes en or zh, not "fr"/],
    [['-o', 'xml'], /--output takes text or json, not "xml"/],
    [['--fail-on', 'info'], /--fail-on takes error or warning, not "info"/],
    [['--require', 'nonsense'], /none is called "nonsense", `leadline faults` lists them/],
    [['--flow', 'nonsense'], /a flow is written from→to\[:port\].*not "nonsense"/],
    [['--flow', 'A→D:99999'], /--flow A→D:99999: port is a whole number from 1 to 65535/],
    [['--flow', 'A→D/udp'], /udp needs a port/],
    [['--flow', 'A→D/tcp'], /tcp needs a port: D:PORT\/tcp/],
    [['--flow', 'nobody→D'], /nobody/],
    [['--no-such-option'], /--no-such-option/],
  ];
  for (const [args, says] of wrong) {
    const { status, world } = await diagnosed('healthy', args);
    assert.equal(status, 2, args.join(' '));
    assert.match(world.noted(), says);
    assert.equal(world.printed(), '', 'nothing on standard output');
  }
  const bare = smallWorld();
  assert.equal(await main(['diagnose'], bare), 2);
  assert.match(bare.noted(), /missing required argument/);
  assert.equal(await main(['diagnoze'], bare), 2);
  assert.match(bare.noted(), /Did you mean diagnose/);
});

test('nothing found is worth as much as was asked', async () => {
  const world = smallWorld();
  const [alone = ''] = await recordedCaptures(world, 'healthy');
  assert.equal(await main(['diagnose', alone], world), 0);
  assert.match(world.printed(), /\? {2}nothing found; \d+ of \d+ checks have no answer/);
  const prose = smallWorld();
  prose.content.set('prose.txt', Buffer.from('once upon a time\n'));
  assert.equal(await main(['import', 'prose.txt', '--out', 'prose.tar'], prose), 0);
  assert.match(prose.printed(), /wrote prose\.tar: 1 reading, 1 of them not recognised/);
  assert.equal(await main(['diagnose', 'prose.tar'], prose), 1);
  assert.match(prose.noted(), /nothing in the captures tells of a node or a cluster/);
});

test('exit 1: a file that is not there, or is no archive, in one line without a stack', async () => {
  const world = smallWorld();
  world.content.set('broken.tar.gz', Buffer.from('1f8b0800000000000003deadbeef', 'hex'));
  world.content.set('text.txt', Buffer.from('hello\n'.repeat(200)));
  for (const [path, says] of [
    ['missing.tar.gz', /missing\.tar\.gz is not there/],
    ['broken.tar.gz', /broken\.tar\.gz /],
    ['text.txt', /is neither a snapshot/],
  ] as const) {
    assert.equal(await main(['diagnose', path], world), 1, path);
    assert.match(world.noted(), says);
  }
  assert.doesNotMatch(world.noted(), /^ +at /m);
  assert.doesNotMatch(world.noted(), /please report/);
});

test('a flow by names is a check of its own; a near name is told', async () => {
  const { status, world } = await diagnosed('broken', ['--flow', 'A,D', '-o', 'json']);
  assert.equal(status, 3);
  const checks = JSON.parse(world.printed()).checks as readonly { readonly id: string; readonly from: string; readonly result: string }[];
  assert.deepEqual(
    checks.filter(({ from }) => from === 'user').map(({ id, result }) => [id, result]),
    [['user A,D', 'pass']],
  );
});

test('a flow that was named is told of, also where nothing of the model fails it', async () => {
  const { world } = await diagnosed('broken', ['--flow', 'A→D', '--flow', 'A→D:9', '--flow', 'A→10.100.41.2']);
  const text = world.printed();
  assert.match(text, /\n\n✓ {2}asked: A→D\n {3}works in the model of what was captured: the answer comes back\n/);
  assert.match(text, /\n\n✓ {2}asked: A→D:9\n {3}packets get there and back.*, and the sender is refused/);
  assert.match(text, /\n\n✗ {2}asked: A→10\.100\.41\.2\n {3}dropped on D at flannel\.1: /);
});

test('the JSON of a healthy, a broken and an incomplete cluster is as its schema says', async () => {
  const valid = schema('diagnosis');
  for (const [state, changes] of [
    ['healthy', []],
    ['broken', []],
    ['healthy', [withoutFdb, forgetful]],
  ] as const) {
    const { world } = await diagnosed(state, ['-o', 'json'], changes);
    const json: unknown = JSON.parse(world.printed());
    assert.ok(valid(json), JSON.stringify(valid.errors?.slice(0, 3)));
  }
});

test('pasted text is told for what it proves, from the command line or from a file', async () => {
  const line =
    'E0412 10:00:00.000000 1 kubelet_node_status.go:540] "Error updating node status, will retry" err="context deadline exceeded"';
  const { world } = await diagnosed('healthy', ['--symptom', line]);
  assert.match(world.printed(), /what was pasted:\n {3}“E0412 .*\n {6}proves: the kubelet's request got no answer in time/);
  const other = smallWorld();
  other.content.set('seen.txt', Buffer.from('curl: (6) Could not resolve host: example.org\n'));
  const paths = await recordedCaptures(other, 'healthy');
  assert.equal(await main(['diagnose', ...paths, '--symptom', 'seen.txt'], other), 0);
  assert.match(other.printed(), /does not prove: that a name server answered/);
});

/** What the JSON tells of what was pasted. */
type Told = {
  readonly symptoms: readonly { readonly paste: number; readonly line: number; readonly class: string; readonly doesNotProve: string }[];
  readonly measured: readonly { readonly paste: number; readonly outcome: string; readonly check: string | null }[];
  readonly checks: readonly { readonly id: string; readonly observed?: string }[];
};

test('what was pasted is in the JSON too: what each line proves, and the check that a measurement became', async () => {
  const heartbeat =
    'E0412 10:00:00.000000 1 kubelet_node_status.go:540] "Error updating node status, will retry" err="context deadline exceeded"';
  const ping = `root@A:~# ping -c 3 -I 192.168.1.10 10.100.41.2
PING 10.100.41.2 (10.100.41.2) from 192.168.1.10 : 56(84) bytes of data.

--- 10.100.41.2 ping statistics ---
3 packets transmitted, 0 received, 100% packet loss, time 2043ms
`;
  const nowhere = ping.replaceAll('192.168.1.10', '203.0.113.7');
  const args = ['-o', 'json', ...[heartbeat, ping, nowhere].flatMap((text) => ['--symptom', text])];
  const { world } = await diagnosed('healthy', args);
  const json: unknown = JSON.parse(world.printed());
  const valid = schema('diagnosis');
  assert.ok(valid(json), JSON.stringify(valid.errors?.slice(0, 3)));
  const { symptoms, measured, checks }: Told = JSON.parse(world.printed());
  assert.deepEqual(
    symptoms.map(({ paste, line, class: id }) => [paste, line, id]),
    [
      [1, 1, 'kubelet-heartbeat-timeout'],
      [2, 5, 'timed-out'],
      [3, 5, 'timed-out'],
    ],
  );
  assert.match(symptoms[0]?.doesNotProve ?? '', /half-open/);
  const id = 'observed ping 192.168.1.10→10.100.41.2/icmp';
  assert.deepEqual(
    measured.map(({ paste, outcome, check }) => [paste, outcome, check]),
    [
      [2, 'silent', id],
      [3, 'silent', null],
    ],
  );
  assert.equal(checks.find((check) => check.id === id)?.observed, 'fail');
});

test("a program's error becomes a check: from the host of the prompt above it, else from every captured place", async () => {
  const error = 'dial tcp 10.100.41.2:8080: i/o timeout';
  const prompted = `[root@A ~]# curl -s http://web/\n${error}\n`;
  const { world } = await diagnosed('broken', ['-o', 'json', '--symptom', error, '--symptom', prompted]);
  const { measured, checks }: Told = JSON.parse(world.printed());
  const ids = ['observed text →10.100.41.2:8080/tcp', 'observed text A→10.100.41.2:8080/tcp'];
  assert.deepEqual(
    measured.map(({ paste, check }) => [paste, check]),
    ids.map((id, at) => [at + 1, id]),
  );
  assert.ok(ids.every((id) => checks.some((check) => check.id === id && check.observed === 'fail')));
  assert.match(world.noted(), /does not say where it was met: .*--flow from→10\.100\.41\.2:8080\/tcp asks from one/);
  const found = await diagnosed('broken', ['--symptom', error]);
  assert.match(found.world.printed(), /with the fix applied to the model, 35 failing checks pass/);
});

test('pasted text that nothing is known of is said to change nothing', async () => {
  const { world } = await diagnosed('healthy', ['--symptom', 'seen.txt']);
  assert.match(world.noted(), /"seen\.txt" is no file here and no line that is known, and changes nothing/);
  assert.doesNotMatch((await diagnosed('healthy', ['--symptom', 'ping works, TCP does not'])).world.noted(), /changes nothing/);
});

test('plain words that name no flow are classified, and said to make no check', async () => {
  for (const words of ['pods on D cannot be reached', 'D 上的 pod 不能访问']) {
    const { world } = await diagnosed('healthy', ['--symptom', words]);
    assert.match(world.printed(), /proves: no connection came about/);
    assert.match(world.noted(), new RegExp(`"${words}" does not say which flow fails .* no check is made of it; add --flow from→to`));
  }
  assert.doesNotMatch((await diagnosed('healthy', ['--symptom', 'nf_conntrack: table full, dropping packet'])).world.noted(), /which flow/);
  const told = await diagnosed('healthy', ['--symptom', 'dial tcp 10.100.41.2:8080: connect: connection refused']);
  assert.doesNotMatch(told.world.noted(), /which flow/);
});

test('plain words that name an address or a node become an echo to it; what is missing for one is said', async () => {
  const words = [
    'ping 10.100.41.2: Destination Host Unreachable',
    'no route to host 10.100.41.2',
    'node D is NotReady',
    'cannot reach node kube-9',
  ];
  const { world } = await diagnosed('broken', ['-o', 'json', ...words.flatMap((text) => ['--symptom', text])]);
  const json: unknown = JSON.parse(world.printed());
  const valid = schema('diagnosis');
  assert.ok(valid(json), JSON.stringify(valid.errors?.slice(0, 3)));
  const { measured, checks }: Told = JSON.parse(world.printed());
  const [pod, node] = ['observed text →10.100.41.2/icmp', 'observed text →node/D/icmp'];
  assert.deepEqual(
    measured.map(({ check }) => check),
    [pod, pod, node, null],
  );
  assert.ok([pod, node].every((id) => checks.some((check) => check.id === id)));
  assert.match(world.noted(), /error about 10\.100\.41\.2 names no port, nor where it was met: an echo is asked from every captured place/);
  assert.match(
    world.noted(),
    /error about node\/kube-9 makes no check: the captures know no address of node\/kube-9; add the output of `kubectl get nodes -o json`/,
  );
  assert.doesNotMatch(world.noted(), /does not say which flow|changes nothing/);
});

test("a sentence with its place becomes a check from there, curl's lone line one from everywhere", async () => {
  const words = [
    'ping 10.100.41.2 from A: 100% packet loss',
    'pod在A节点ping不通D节点的10.100.41.2',
    'curl: (7) Failed to connect to 10.100.41.2 port 8080: No route to host',
    "curl: (7) Failed to connect to 10.100.41.2 port 8081 after 3 ms: Couldn't connect to server",
  ];
  const { world } = await diagnosed('broken', ['-o', 'json', ...words.flatMap((text) => ['--symptom', text])]);
  const { measured, checks }: Told = JSON.parse(world.printed());
  const ids = ['A→10.100.41.2/icmp', '→10.100.41.2/icmp', '→10.100.41.2:8080/tcp', '→10.100.41.2:8081/tcp'].map(
    (to) => `observed text ${to}`,
  );
  assert.deepEqual(
    measured.map(({ check }) => check),
    ids,
  );
  assert.deepEqual(
    ids.map((id) => checks.find((check) => check.id === id)?.observed),
    ['fail', 'fail', 'fail', undefined],
  );
});

test('plain words about what works change nothing of a healthy cluster, and look-alikes make no check', async () => {
  const { status, world } = await diagnosed('healthy', [
    '-o',
    'json',
    '--symptom',
    'node D is NotReady',
    '--symptom',
    'no route to host 10.100.41.2',
  ]);
  assert.equal(status, 0, world.printed());
  const alike = [
    'version 10.100.41.2 times out',
    'nameserver 10.96.0.10',
    'cannot reach 10.100.41.0/24',
    'listening on 0.0.0.0, timed out',
  ];
  const other = await diagnosed('healthy', ['-o', 'json', ...alike.flatMap((text) => ['--symptom', text])]);
  assert.deepEqual((JSON.parse(other.world.printed()) as Told).measured, []);
});

test('lines that were not understood are named with their places', async () => {
  const odd: Change = { node: 'A', file: 'nodes/A/sysctl_-a', to: (text) => `${text}this is no setting\n` };
  const { world } = await diagnosed('healthy', [], [odd]);
  assert.match(
    world.noted(),
    /\d+ lines? of the captures not understood, or against what others say; -o json lists them:\n {3}nodes\/A\/\S+:\d+: /,
  );
});

test('Chinese, as asked for or as the locale says', async () => {
  const { world } = await diagnosed('broken', ['--lang', 'zh']);
  assert.match(world.printed(), /4 个节点/);
  assert.match(world.printed(), /原因/);
  assert.doesNotMatch(world.printed(), /^ {3}(why|see|fix|proof) /m);
  const { world: located } = await diagnosed('broken', [], [], { env: { LANG: 'zh_CN.UTF-8' } });
  assert.equal(located.printed(), world.printed());
});

test('faults and facts are as their schemas say', async () => {
  const world = smallWorld();
  assert.equal(await main(['faults', '-o', 'json'], world), 0);
  const faults = schema('faults');
  assert.ok(faults(JSON.parse(world.printed())), JSON.stringify(faults.errors?.slice(0, 3)));
  const other = smallWorld();
  const paths = await recordedCaptures(other, 'broken');
  assert.equal(await main(['facts', ...paths], other), 0);
  const line = schema('fact-line');
  const lines = other.printed().trimEnd().split('\n');
  assert.ok(lines.length > 1000);
  for (const text of lines) assert.ok(line(JSON.parse(text)), `${text.slice(0, 200)} ${JSON.stringify(line.errors)}`);
});
