import assert from 'node:assert/strict';
import test from 'node:test';
import type { Format } from '#parsers/format';
import { factsOf, parseText, recorded } from '#testing/parse-text';
import procSnmp from '../proc-snmp/proc-snmp.ts';
import procSnmp6 from '../proc-snmp6/proc-snmp6.ts';
import nstat from './nstat.ts';

const counters = (format: Format, name: string) => {
  const parsed = parseText(format, recorded(name));
  assert.deepEqual(parsed.problems, [], name);
  return new Map(factsOf(parsed, 'counter').map((fact) => [fact.name, fact.value]));
};

test('nstat as text and as JSON, and the files it reads, give equal counters', () => {
  const text = counters(nstat, 'nstat');
  const json = counters(nstat, 'nstat-json');
  assert.ok(text.size > 300);
  const proc = new Map([...counters(procSnmp, 'snmp'), ...counters(procSnmp, 'netstat'), ...counters(procSnmp6, 'snmp6')]);
  for (const [name, value] of text) {
    assert.equal(json.get(name), value, name);
    // IPv6 duplicate address detection went on between the commands of the recording
    if (!/6/.test(name)) assert.equal(proc.get(name), value, name);
    else assert.ok(proc.has(name), name);
  }
});

test('differences are not taken for counters', () => {
  const parsed = parseText(nstat, '#kernel\nIpInReceives 3 0.0\n', { argv: ['nstat'], exit: 0 });
  assert.equal(parsed.readings.length, 0);
  assert.equal(parsed.problems.length, 1);
});

test('each form is recognised and the others are not', () => {
  const formats = { nstat, 'nstat-json': nstat, snmp: procSnmp, netstat: procSnmp, snmp6: procSnmp6 };
  for (const [name, own] of Object.entries(formats)) {
    const head = recorded(name)
      .replace(/^# .*\n/gm, '')
      .slice(0, 4096);
    for (const format of [nstat, procSnmp, procSnmp6]) {
      assert.equal(format.recognise(head) > 0.5, format === own, `${format.id} on ${name}`);
    }
  }
});
