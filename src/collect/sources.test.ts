import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { kinds } from '#facts/kinds';
import { formats } from '#parsers/formats';
import { captureScript } from './script/script.ts';
import { isBatched } from './source.ts';
import { sources } from './sources/sources.ts';

const script = captureScript('0');
const shells = [['dash'], ['busybox', 'sh'], ['bash', '--posix']];

describe('the sources of a capture', () => {
  it('name forms that have a parser', () => {
    const known = new Set<string>(formats.map(({ id }) => id));
    const named = sources.flatMap((source) =>
      isBatched(source)
        ? [source.format, `${source.format}-json`]
        : [...source.shell.matchAll(/\b(?:reading|opening|left_in|file) [\w-]+ ([\w-]+)/g)].map(([, format = '']) => format),
    );
    assert.deepEqual(
      named.filter((format) => !known.has(format)),
      [],
    );
  });

  it('give every kind of fact that a node can tell', () => {
    // what people measured, and the objects that only the API tells
    const objects = ['endpoints', 'kubernetes-namespace', 'network-policy', 'node', 'pod', 'service', 'service-account'];
    const policies = ['admin-policy', 'calico-host-endpoint', 'calico-network-set', 'calico-policy', 'calico-tier', 'foreign-policy'];
    const elsewhere = ['observation', 'packet', ...objects, ...policies];
    const given = new Set<string>(sources.flatMap(({ gives }) => gives));
    assert.deepEqual(
      Object.keys(kinds).filter((kind) => !given.has(kind) && !elsewhere.includes(kind)),
      [],
    );
  });

  it('have ids of their folders, each once', () => {
    assert.equal(new Set(sources.map(({ id }) => id)).size, sources.length);
  });
});

describe('the script of a capture', () => {
  for (const shell of shells) {
    it(`is understood by ${shell.join(' ')}`, (context) => {
      const [program = '', ...more] = shell;
      const ran = spawnSync(program, [...more, '-n'], { input: script });
      if (ran.error !== undefined) return context.skip(`${program} is not installed`);
      assert.equal(ran.stderr.toString(), '');
      assert.equal(ran.status, 0);
    });
  }

  it('has nothing in it that only some shells know', (context) => {
    const ran = spawnSync('shellcheck', ['-s', 'sh', '-S', 'warning', '-'], { input: script });
    if (ran.error !== undefined) return context.skip('shellcheck is not installed');
    assert.equal(ran.stdout.toString(), '');
  });

  it('is the same every time', () => {
    assert.equal(captureScript('0'), script);
  });

  it('says how it is called when it is called wrongly', () => {
    for (const wrong of [['--looks'], ['--looks', 'two'], ['--every', 'x'], ['--wrong']]) {
      const ran = spawnSync('sh', ['-s', '--', ...wrong], { input: script });
      assert.equal(ran.status, 2);
      assert.match(ran.stderr.toString(), /usage: sh leadline-capture\.sh/);
    }
  });
});
