import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRecorded, recordedText } from '#testing/recorded-tools';
import { withoutOrigin } from '#testing/parse-text';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import { sections } from '../transcript.ts';
import kubernetes from './kubernetes.ts';

const LISTS = ['get-pods-A', 'get-svc-A', 'get-endpoints-A', 'get-endpointslices-A', 'get-nodes'];

const told = (name: string) => {
  const { readings, problems } = parseRecorded(kubernetes, 'kubectl', name);
  assert.deepEqual(problems, [], name);
  return readings.map(({ kind, covers, facts }) => ({ kind, covers, facts: facts.map(withoutOrigin) }));
};

for (const list of LISTS) {
  test(`kubectl ${list.replaceAll('-', ' ')}: YAML tells what JSON tells`, () => {
    const json = told(`${list}-o-json`);
    assert.ok(json.some(({ facts }) => facts.length > 0));
    assert.deepEqual(told(`${list}-o-yaml`), json);
  });
}

test('YAML of kubectl is recognised by its content', () => {
  for (const list of LISTS) {
    const [section] = sections(recordedText('kubectl', `${list}-o-yaml`));
    assert.equal(recognise(section?.text ?? '', formats)?.id, 'kubernetes', list);
  }
});
