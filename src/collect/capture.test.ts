import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Facts } from '#facts/facts';
import { type KindId, kindOf } from '#facts/kinds';
import { contradictions } from '#parsers/join';
import { readFacts } from '#parsers/read';
import { type NamespaceWorld, namespaceWorld } from '#testing/namespace-world';
import { type Archive, snapshotOf } from './archive/archive.ts';
import { captureNode } from './capture.ts';
import { captureScript } from './script/script.ts';
import { readStream } from './stream/read-stream.ts';

const SETUP = `
quiet='for name in all default lo; do echo 0 >/proc/sys/net/ipv6/conf/$name/accept_dad; done'
eval "$quiet"
ip link add cni0 type bridge && ip addr add 10.7.0.1/24 dev cni0 && ip link set cni0 up
ip netns add web && ip netns exec web sh -c "$quiet"
ip link add veth0 type veth peer name eth0 netns web && ip link set veth0 master cni0 up
ip link add vx0 type vxlan id 7 dstport 8473 ttl inherit
ip -n web addr add 10.7.0.2/24 dev eth0 && ip -n web link set eth0 up && ip -n web route add default via 10.7.0.1
mkdir -p /run/flannel /run/systemd/system /run/sysctl.d
printf 'FLANNEL_NETWORK=10.7.0.0/16\\nFLANNEL_SUBNET=10.7.0.1/24\\nFLANNEL_MTU=1450\\nFLANNEL_IPMASQ=true\\n' >/run/flannel/subnet.env
printf 'net.ipv4.ip_forward = 1\\n' >/run/sysctl.d/99-test.conf
ln -s /dev/null /run/systemd/system/shorewall.service
`;

const SECRETS = ['Ap0calypseNow', 'Br4vadoNight', 'C0ntinuumVest', 'D3liriumOats', 'Exc3lsiorMoon', 'F0rtitudeRain'];

/** A flanneld that does nothing, with secrets wherever real ones have stood. */
const PLANT = `
cp /bin/sh /run/flanneld
cat >/run/systemd/system/flanneld.service <<'UNIT'
[Service]
Environment="SOMETHING_PRIVATE=${SECRETS[0]}"
ExecStart=/usr/bin/flanneld -etcd-endpoints=http://root:${SECRETS[1]}@127.0.0.1:1 --etcd-password ${SECRETS[2]}
UNIT
printf 'DOCKER_OPTS="--mtu=1450"\\nREGISTRY_TOKEN=${SECRETS[3]}\\n' >/run/flannel/docker
FLANNELD_ETCD_PASSWORD=${SECRETS[4]} FLANNELD_ETCD_ENDPOINTS=http://root:${SECRETS[1]}@127.0.0.1:1 \
  /run/flanneld -c 'sleep 60; :' flanneld --etcd-password=${SECRETS[2]} --token ${SECRETS[5]} >/dev/null 2>&1 &
echo $!
`;

const IN_COMMENTS = ['G1ganticRiver', 'H4rvestFjord', 'I5landParade', 'J6venileOpera', 'K7rbstoneLamp'];

/** Rules whose comments hold secrets, beside some whose comments name things of that sound; what the machine lacks is left out. */
const RULES = `
for tool in iptables-legacy iptables-nft ip6tables-legacy ip6tables-nft; do
  command -v $tool >/dev/null || continue
  $tool -N KUBE-PROBE && $tool -A KUBE-PROBE -m comment --comment 'vault/secret: store' -j RETURN
  $tool -A KUBE-PROBE -p tcp -m comment --comment 'shop/token:http cluster IP' -j RETURN
  $tool -A KUBE-PROBE -m comment --comment 'cali:tokenX1_secretYz9' -j RETURN
  $tool -A KUBE-PROBE -p tcp --dport 81 -m comment --comment 'by bob, password=${IN_COMMENTS[0]}, till May' -j DROP
  $tool -A KUBE-PROBE -p tcp --dport 82 -m comment --comment 'PASSWORD="${IN_COMMENTS[1]} too" of \\x' -j DROP
  $tool -A KUBE-PROBE -p tcp --dport 83 -m comment --comment 'api token: ${IN_COMMENTS[2]}' -j DROP
  $tool -A KUBE-PROBE -p tcp --dport 87 -m comment --comment 'join --token ${IN_COMMENTS[4]} (till May)' -j DROP
done
command -v nft >/dev/null && nft 'table inet noted { chain one { tcp dport 84 drop comment "password=${IN_COMMENTS[3]}, till May"; tcp dport 85 drop comment "token: ${IN_COMMENTS[3]}"; tcp dport 86 drop comment "shop/token:http cluster IP"; tcp dport 88 drop comment "join --token ${IN_COMMENTS[4]}"; }; }'
true
`;

/** Wrappers that refuse `-j`, as the tools of iproute2 before 4.13 do. */
const OLD_TOOLS = `
mkdir -p /run/old
for tool in ip bridge; do
  printf '#!/bin/sh\\nfor word in "$@"; do case $word in -j*) echo "Option \\"-j\\" is unknown, try \\"ip -help\\"." >&2; exit 255 ;; esac; done\\nexec %s "$@"\\n' "$(command -v $tool)" >/run/old/$tool
done
chmod +x /run/old/*
`;

/** An nft that never ends on the node, and is the machine's own elsewhere. */
const HUNG = `
mkdir -p /run/hung
printf '#!/bin/sh\\n[ "$(readlink /proc/self/ns/net)" = "$(readlink /proc/1/ns/net)" ] || exec %s "$@"\\nexec sleep 100\\n' "$(command -v nft)" >/run/hung/nft
chmod +x /run/hung/nft
`;

/** What containerd and CRI-O keep of a pod's sandbox, cut down to a few keys of each. */
const RUNTIMES = `
ip netns add by-containerd; ip netns add by-crio
one=/run/containerd/io.containerd.runtime.v2.task/k8s.io/0f1e; two=/run/containers/storage/overlay-containers/1a2b/userdata
mkdir -p $one $two
echo '{"process":{"env":["SECRET=hidden-in-a-container"]},"linux":{"namespaces":[{"type":"pid"},{"type":"network","path":"/var/run/netns/by-containerd"}]},"annotations":{"io.kubernetes.cri.sandbox-name":"web-0","io.kubernetes.cri.sandbox-namespace":"default","io.kubernetes.cri.sandbox-uid":"11111111-2222-3333-4444-555555555555"}}' >$one/config.json
echo '{"annotations":{"io.kubernetes.pod.name":"coredns-abc","io.kubernetes.pod.namespace":"kube-system","io.kubernetes.pod.uid":"22222222-2222-3333-4444-555555555555"},"linux":{"namespaces":[{"type":"network","path":"/var/run/netns/by-crio"}]}}' >$two/config.json
`;

const once = { node: 'D', looks: 1, everySeconds: 0 };
const factsOf = (archive: Archive): Facts => readFacts(snapshotOf(archive)).facts;

let world: NamespaceWorld | undefined;
/** The same with process ids of its own, so that what else runs on the machine is not in the captures. */
let alone: NamespaceWorld | undefined;
let folder = '';
before(async () => {
  world = await namespaceWorld();
  folder = mkdtempSync(join(tmpdir(), 'leadline-capture-'));
  writeFileSync(join(folder, 'capture.sh'), captureScript('0'));
  await world?.setup(SETUP);
  const { run } = world ?? {};
  if (world !== undefined && run !== undefined) {
    alone = {
      ...world,
      run: (argv, options) => run(['env', `TMPDIR=${folder}`, 'unshare', '--pid', '--fork', '--mount-proc', '--', ...argv], options),
    };
  }
});
after(async () => {
  await world?.close();
  rmSync(folder, { recursive: true });
});

const shellFile = async (inside: NamespaceWorld, ...shell: readonly string[]): Promise<Buffer> => {
  const { stdout, stderr } = await inside.run([...shell, join(folder, 'capture.sh'), '--node', 'D', '--looks', '1', '--out', '-']);
  assert.equal(stderr, '');
  return stdout;
};

/** Kinds whose facts change by themselves between two captures. */
const MOVING: readonly KindId[] = ['counter', 'link-counters', 'socket', 'conntrack', 'process', 'log-line', 'neighbour'];

/** Maps as lists: two maps of equal content are equal. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value, (_, one: unknown) => (one instanceof Map ? [...one] : one)));

/** The facts of one capture that the other does not tell, or tells differently. */
function differences(one: Facts, other: Facts): readonly string[] {
  const found: string[] = [];
  for (const partition of one.partitions()) {
    if (MOVING.includes(partition.kind)) continue;
    const kind = kindOf(partition.kind);
    const others = new Map((other.partition(partition.kind, partition.scope)?.facts ?? []).map((fact) => [kind.key(fact), fact]));
    for (const fact of partition.facts) {
      const twin = others.get(kind.key(fact));
      const volatile: readonly string[] = kind.volatile ?? [];
      const fields = contradictions(plain(fact), plain(twin)).filter((field) => !volatile.includes(field));
      if (twin === undefined || fields.length > 0)
        found.push(`${partition.scope.netns} ${partition.kind} ${kind.key(fact)} ${fields.join()}`);
    }
  }
  return found;
}

describe('a capture', () => {
  it('tells the node and each namespace of it', async (context) => {
    if (alone === undefined) return context.skip('this machine allows no namespaces of an own');
    const facts = factsOf(await captureNode(once, '0', alone));
    const dev = (netns: string): readonly string[] =>
      (facts.partition('link', { node: 'D', netns })?.facts ?? []).map(({ name }) => name).sort();
    assert.deepEqual(dev(''), ['cni0', 'lo', 'veth0', 'vx0']);
    assert.deepEqual(dev('web'), ['eth0', 'lo']);
    const tunnel = facts.partition('link', { node: 'D', netns: '' })?.facts.find(({ name }) => name === 'vx0');
    assert.equal(tunnel?.vxlan?.ttl, 'inherit', 'ip tells it in its text only');
    assert.ok(facts.partition('route', { node: 'D', netns: 'web' })?.facts.some(({ to }) => to === '0.0.0.0/0'));
    assert.equal(facts.partition('subnet-env', { node: 'D', netns: '' })?.facts[0]?.mtu, 1450);
    assert.equal(
      facts.partition('sysctl', { node: 'D', netns: 'web' })?.facts.some(({ name }) => name === 'net.ipv4.conf.eth0.rp_filter'),
      true,
    );
    assert.ok(facts.partition('sysctl-file', { node: 'D', netns: '' })?.facts.some(({ path }) => path === '/run/sysctl.d/99-test.conf'));
    const masked = facts.partition('unit', { node: 'D', netns: '' })?.facts.find(({ name }) => name === 'shorewall.service');
    assert.equal(masked?.directives?.size, 0, 'no file of a unit that is masked counts');
    const namespace = facts.partition('namespace', { node: 'D', netns: '' })?.facts.find(({ id }) => id === 'web');
    assert.equal(namespace?.name, 'web');
  });

  it('reads counters and sockets in a second look, and nothing else', async (context) => {
    if (alone === undefined) return context.skip('this machine allows no namespaces of an own');
    const { index } = await captureNode({ ...once, looks: 2, everySeconds: 0.1 }, '0', alone);
    const second = index.entries.filter(({ look }) => look === 2);
    assert.deepEqual(
      index.clocks.map(({ look }) => look),
      [1, 2],
    );
    assert.ok(second.some(({ argv }) => argv[0] === 'ss' || argv[0] === 'netstat'));
    assert.equal(
      second.some(({ argv }) => argv.includes('route')),
      false,
    );
    assert.ok(index.clocks.every(({ wall, uptime, bootId }) => wall > 1_600_000_000_000 && (uptime ?? 0) > 0 && bootId !== undefined));
    assert.ok(index.entries.every(({ started, ended }) => started !== undefined && ended !== undefined && ended >= started));
  });

  it('changes nothing: no table, set, hook, namespace or file comes into being', async (context) => {
    if (alone === undefined) return context.skip('this machine allows no namespaces of an own');
    const state = `for run in sh 'nsenter --net=/run/netns/web sh'; do $run -c '
      for names in /proc/net/ip_tables_names /proc/net/ip6_tables_names; do [ ! -e $names ] || cat $names; done
      nft list ruleset; nft list hooks 2>/dev/null; ipset list -n 2>/dev/null; ip rule; ip route show table all; ip link | grep -c .'; done; ls /run/netns; ls ${folder}`;
    const before = await alone.setup(state);
    await captureNode(once, '0', alone);
    assert.equal(await alone.setup(state), before);
    await alone.setup('iptables-legacy -t nat -A POSTROUTING -s 10.7.0.0/24 -j MASQUERADE 2>/dev/null; nft add table inet mine');
    const used = await alone.setup(state);
    const facts = factsOf(await captureNode(once, '0', alone));
    assert.equal(await alone.setup(state), used);
    if (used.startsWith('nat'))
      assert.equal(
        facts.partition('iptables', { node: 'D', netns: '' })?.facts.some(({ table }) => table === 'nat'),
        true,
      );
  });

  for (const shell of [['sh'], ['dash'], ['busybox', 'sh']]) {
    it(`leaves no process behind when ${shell.join(' ')} runs it`, async (context) => {
      if (world === undefined) return context.skip('this machine allows no namespaces of an own');
      if ((await world.run([...shell, '-c', ':'])).code !== 0) return context.skip(`${shell[0]} is not installed`);
      const own = mkdtempSync(join(folder, 'own-'));
      await shellFile(world, 'env', `TMPDIR=${own}`, ...shell);
      // busybox's timeout looks once a second whether its program is still there
      const left = await world.setup(`for turn in 1 2 3 4 5 6 7 8; do
        left=$(grep -la 'TMPDIR=${own}' /proc/[0-9]*/environ 2>/dev/null)
        [ -n "$left" ] || break
        sleep 0.5
      done; echo "$left"`);
      assert.equal(left.trim(), '');
    });

    it(`gives equal facts by the file that ${shell.join(' ')} runs and by the command`, async (context) => {
      if (alone === undefined) return context.skip('this machine allows no namespaces of an own');
      if ((await alone.run([...shell, '-c', ':'])).code !== 0) return context.skip(`${shell[0]} is not installed`);
      const [native, portable] = [factsOf(await captureNode(once, '0', alone)), factsOf(readStream(await shellFile(alone, ...shell)))];
      assert.deepEqual(differences(native, portable), []);
      assert.deepEqual(differences(portable, native), []);
    });
  }

  it('gives equal facts, as far as they tell, with an ip and a bridge that know no JSON', async (context) => {
    if (alone === undefined) return context.skip('this machine allows no namespaces of an own');
    await alone.setup(OLD_TOOLS);
    const env = { PATH: `/run/old:${process.env['PATH'] ?? ''}` };
    const native = await captureNode(once, '0', alone);
    const { stdout } = await alone.run(['sh', join(folder, 'capture.sh'), '--node', 'D', '--looks', '1', '--out', '-'], { env });
    const old = readStream(stdout);
    assert.equal(
      old.index.entries.some(({ argv }) => argv.includes('-j')),
      false,
    );
    assert.deepEqual(differences(factsOf(native), factsOf(old)), []);
    assert.deepEqual(differences(factsOf(old), factsOf(native)), []);
  });

  it('ends a program that hangs, and reads the rest', async (context) => {
    if (alone === undefined) return context.skip('this machine allows no namespaces of an own');
    if ((await alone.run(['nft', '--version'])).code !== 0) return context.skip('nft is not installed');
    await alone.setup(HUNG);
    writeFileSync(join(folder, 'impatient.sh'), captureScript('0').replace('sleep 5 &', 'sleep 0.1 &'));
    const env = { PATH: `/run/hung:${process.env['PATH'] ?? ''}` };
    const ran = await alone.run(['sh', join(folder, 'impatient.sh'), '--node', 'D', '--looks', '1', '--out', '-'], { env });
    const { index } = readStream(ran.stdout);
    assert.deepEqual(
      index.entries.filter(({ argv }) => argv[0] === 'nft').map(({ exit }) => exit),
      [143, 0],
    );
    assert.ok(index.gaps.some(({ why }) => why === 'timed out'));
    assert.ok(index.entries.some(({ argv }) => argv.includes('route')));
  });

  it('names the pods of namespaces from the files of container runtimes', async (context) => {
    if (alone === undefined) return context.skip('this machine allows no namespaces of an own');
    await alone.setup(RUNTIMES);
    const all = await captureNode(once, '0', alone);
    const pods = (factsOf(all).partition('namespace', { node: 'D', netns: '' })?.facts ?? []).flatMap(({ id, pod }) =>
      pod === undefined || pod === null ? [] : [[id, pod.namespace, pod.name, pod.uid]],
    );
    assert.deepEqual(pods.sort(), [
      ['by-containerd', 'default', 'web-0', '11111111-2222-3333-4444-555555555555'],
      ['by-crio', 'kube-system', 'coredns-abc', '22222222-2222-3333-4444-555555555555'],
    ]);
    assert.equal(Buffer.concat([...all.content.values()]).includes('hidden-in-a-container'), false);
  });

  it('holds no secret of a comment of iptables or nft, and the rest of the rules, equally by the command and by the file', async (context) => {
    if (alone === undefined) return context.skip('this machine allows no namespaces of an own');
    await alone.setup(RULES);
    const archive = await captureNode(once, '0', alone);
    const stream = await shellFile(alone, 'sh');
    const all = Buffer.concat([...archive.content.values()]);
    for (const bytes of [all, stream]) {
      assert.deepEqual(
        IN_COMMENTS.filter((secret) => bytes.includes(secret)),
        [],
      );
      for (const kept of ['vault/secret: store', 'shop/token:http cluster IP', 'cali:tokenX1_secretYz9'])
        assert.ok(bytes.includes(kept), kept);
    }
    const [native, portable] = [factsOf(archive), factsOf(readStream(stream))];
    // machinery that is there counts packets of its own between the two
    const still = (found: readonly string[]): readonly string[] => found.filter((one) => !/chains\.counters\.\w+$/.test(one));
    assert.deepEqual([...still(differences(native, portable)), ...still(differences(portable, native))], []);
    const words = (facts: Facts) =>
      (facts.partition('iptables', { node: 'D', netns: '' })?.facts ?? []).map(({ family, backend, table, chains }) => [
        `${family} ${backend} ${table}`,
        ...chains.flatMap(({ rules }) => rules.map(({ text }) => text)),
      ]);
    assert.deepEqual(words(native), words(portable));
    const tables = (native.partition('iptables', { node: 'D', netns: '' })?.facts ?? []).filter(({ chains }) =>
      chains.some(({ name }) => name === 'KUBE-PROBE'),
    );
    for (const { chains } of tables) {
      const rules = chains.find(({ name }) => name === 'KUBE-PROBE')?.rules ?? [];
      assert.equal(rules.length, 7);
      assert.ok(rules.every(({ problem, target }) => problem === null && target !== null));
    }
    const noted = native.partition('nft', { node: 'D', netns: '' })?.facts.find(({ name }) => name === 'noted');
    assert.deepEqual([tables.length > 0, noted === undefined || noted.chains[0]?.rules.length === 4], [true, true]);
  });

  it('holds none of the secrets that were planted, by the command and by the file', async (context) => {
    if (world === undefined) return context.skip('this machine allows no namespaces of an own');
    const pid = Number((await world.setup(PLANT)).trim());
    try {
      const native = await captureNode(once, '0', world);
      const { stdout: portable } = await world.run(['sh', join(folder, 'capture.sh'), '--looks', '1', '--out', '-']);
      const all = Buffer.concat([Buffer.from(JSON.stringify(native.index)), ...native.content.values()]);
      for (const bytes of [all, portable]) {
        assert.ok(bytes.includes('flanneld'), 'the planted process was read');
        assert.deepEqual(
          SECRETS.filter((secret) => bytes.includes(secret)),
          [],
        );
      }
    } finally {
      process.kill(pid);
    }
  });
});
