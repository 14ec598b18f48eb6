import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf } from '#testing/parse-text';
import { parseRecorded, UNITS } from '#testing/recorded-tools';
import log from './log.ts';

test('the forms of journalctl of every systemd tell the same lines, and the whole ones the same times', () => {
  for (const userland of UNITS) {
    const linesOf = (form: string) => factsOf(parseRecorded(log, userland, `journalctl-no-pager-u-kubelet-o-short-${form}`), 'log-line');
    const iso = linesOf('iso');
    assert.ok(iso.length >= 4 && iso.every(({ at }) => at !== undefined), userland);
    const told = ({ component, text }: (typeof iso)[number]) => [component, text];
    for (const form of ['precise', 'full']) assert.deepEqual(linesOf(form).map(told), iso.map(told), `${userland} ${form}`);
    assert.deepEqual(
      linesOf('full').map(({ at }) => at),
      iso.map(({ at }) => at),
      userland,
    );
  }
});

test('what systemd says before it becomes the program is a line of its own', () => {
  const lines = factsOf(parseRecorded(log, 'units/debian-13', 'systemctl-status-docker'), 'log-line');
  assert.ok(lines.some(({ component, text }) => component === 'perl' && text.includes('DOCKER_NETWORK_OPTIONS')));
});
