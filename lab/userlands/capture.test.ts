import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cliPath } from '../product.ts';
import { userlandNamed, userlands } from './list.ts';
import { lookUp } from './unpack.ts';

const rooted = process.getuid?.() === 0;
const builder = lookUp(userlandNamed('debian-12'));
const known = userlands.map((userland) => ({ name: userland.name, unpacked: lookUp(userland) }));
const there = known.filter(({ unpacked }) => unpacked.is === 'ready').map(({ name }) => name);
const reasonOf = (name: string): string | undefined => {
  const { unpacked } = known.find((one) => one.name === name) ?? {};
  if (!rooted) return 'a chroot needs root';
  return builder.is === 'missing' ? builder.reason : unpacked?.is === 'missing' ? unpacked.reason : undefined;
};

type Line = { readonly kind: string; readonly scope: string; readonly key: string; readonly fact: unknown };

const product = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', cliPath(), ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    timeout: 60_000,
  });
  assert.equal(status, 0, stderr);
  return stdout;
};

const factsOf = (path: string): readonly Line[] =>
  product('facts', path, '--steady')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

const OWN = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts', '--propagation', 'private'];
const SET_UP = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && hostname a && exec "$@"';

let folder = '';
let native: readonly Line[] = [];
before(() => {
  if (!rooted || builder.is === 'missing') return;
  folder = mkdtempSync(join(tmpdir(), 'leadline-userlands-'));
  writeFileSync(join(folder, 'capture.sh'), product('capture', '--script'));
  const prove = [process.execPath, '--no-warnings', join(import.meta.dirname, 'capture.prove.ts'), folder, cliPath(), ...there];
  const { status, stdout, stderr } = spawnSync('unshare', [...OWN, 'sh', '-c', SET_UP, 'sh', ...prove], {
    encoding: 'utf8',
    timeout: 200_000,
  });
  assert.equal(status, 0, stdout + stderr);
  native = factsOf(join(folder, 'native.tar.gz'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const name = ({ kind, scope, key }: Line): string => `${kind} of ${scope}: ${key}`;

/** What lies in a userland's own folders, not in the node's: it is another machine's truth, not another form. */
const ownFile = ({ kind, key }: Line): boolean =>
  (kind === 'sysctl-file' && !key.startsWith('/run/')) || (kind === 'unit' && key !== 'flanneld.service');
/** The test's own processes live in a namespace that no node has. */
const ownProcess = ({ scope }: Line): boolean => /\/net-\d+$/.test(scope);

/** Fields that are the tool's own words: the same rule, spelt as each version spells it; the userland's own name. */
const WORDED = /^(?:iptables .*\.text|host os)$/;

/** What busybox has no tool for, and leaves out of its lines, so that they read as another route or rule. */
const UNTOLD: Readonly<Record<string, { readonly kinds: readonly string[]; readonly lines: readonly RegExp[] }>> = {
  busybox: {
    kinds: ['fdb', 'ipset', 'iptables', 'nexthop', 'nft'],
    lines: [
      /^route .*10\.11\.0\.9\/32 /, // via inet6
      /^route .*10\.12\.0\.0\/24 /, // tos
      /^route .*(10\.(7|18)\.0\.0\/16|2001:db8:100::\/48) /, // both ways of a multipath route
      /^rule .*\[4,130,/, // oif
      /^rule .*\[4,180,/, // not
      /^rule .*\[4,250,/, // goto
      /^qdisc of a: tun0 /, // bands and priority map
      /^sysctl of a: net\.ipv[46]\.neigh\.default\.gc_thresh/, // no ip ntable, and only the first namespace has the files
    ],
  },
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields in which two forms contradict each other; what one of them does not tell is no contradiction. */
function contradictions(one: unknown, other: unknown, at: string): readonly string[] {
  if (one === undefined || other === undefined || one === other) return [];
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length ? one.flatMap((member, index) => contradictions(member, other[index], at)) : [at];
  }
  if (!isObject(one) || !isObject(other)) return [at];
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...fields].flatMap((field) => contradictions(one[field], other[field], `${at}${at.includes(' ') ? '.' : ' '}${field}`));
}

function differences(one: readonly Line[], other: readonly Line[], kinds: readonly string[], lines: readonly RegExp[]): readonly string[] {
  const twins = new Map(other.map((line) => [name(line), line]));
  return one.flatMap((line) => {
    const shown = name(line);
    const twin = twins.get(shown);
    if (ownFile(line) || ownProcess(line) || kinds.includes(line.kind) || lines.some((untold) => untold.test(shown))) return [];
    if (twin === undefined) return [shown];
    return contradictions(line.fact, twin.fact, line.kind)
      .filter((field) => !WORDED.test(field))
      .map((field) => `${shown} (${field})`);
  });
}

describe('the portable capture', () => {
  for (const { name: userland } of known) {
    it(`gives the facts of the native one in the userland of ${userland}`, (context) => {
      const reason = reasonOf(userland);
      if (reason !== undefined) {
        assert.notEqual(process.env['LEADLINE_LAB'], 'required', `the lab is required: ${reason}`);
        return context.skip(reason);
      }
      const path = join(folder, `${userland}.capture`);
      const portable = factsOf(path);
      const { kinds = [], lines = [] } = UNTOLD[userland] ?? {};
      assert.ok(native.length > 1000, `${native.length} facts`);
      assert.deepEqual(differences(native, portable, kinds, lines), []);
      assert.deepEqual(differences(portable, native, kinds, lines), []);
      const stream = readFileSync(path, 'utf8');
      for (const kind of kinds) assert.match(stream, new RegExp(` gap \\. ${kind}\nnot collected\n`), 'what cannot be told is a gap');
    });
  }
});
