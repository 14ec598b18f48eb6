import assert from 'node:assert/strict';
import test from 'node:test';
import { stringify } from 'yaml';
import { parseText } from '#testing/parse-text';
import kubernetes from './kubernetes.ts';

// hand-made after what `kubectl get … -A -o yaml` and `-o json` of 1.34 print
const pod = (name: string, namespace: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { nodeName: 'A' },
  status: { podIP: '10.1.1.7' },
});
const listed = (...items: readonly unknown[]) => ({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } });
const PODS = listed(pod('web', 'shop'), pod('db', 'data'));
const NODES = listed({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'A' }, spec: {}, status: {} });

const told = (text: string) => {
  const { readings, problems } = parseText(kubernetes, text);
  return {
    told: readings.map(({ kind, facts, covers }) => `${kind} ${facts.length} ${JSON.stringify(covers)}`),
    problems: problems.length,
  };
};

test('lists that stand one behind the other in a file are all read', () => {
  for (const text of [
    stringify(PODS) + stringify(NODES),
    `${stringify(PODS)}---\n${stringify(NODES)}`,
    `${JSON.stringify(PODS, null, 4)}\n${JSON.stringify(NODES, null, 4)}\n`,
    `${JSON.stringify(PODS)}\n${JSON.stringify(NODES)}\n`,
  ])
    assert.deepEqual(told(text), { told: ['pod 2 true', 'node 1 true'], problems: 0 }, text);
});

test('documents that begin with their kind are told apart by the line between them', () => {
  const { apiVersion, ...rest } = pod('web', 'shop');
  const text = `kind: Pod\napiVersion: ${apiVersion}\n${stringify({ metadata: rest.metadata, spec: rest.spec, status: rest.status })}`;
  assert.deepEqual(told(`${text}---\n${text.replace('name: web', 'name: api')}`), { told: ['pod 2 []'], problems: 0 });
});

test('what was not read leaves no list whole', () => {
  const json = JSON.stringify(PODS, null, 4);
  assert.deepEqual(told(json), { told: ['pod 2 true'], problems: 0 });
  assert.deepEqual(told(JSON.stringify(listed(...PODS.items, { apiVersion: 'v1', kind: 'Pod', metadata: {} }))), {
    told: ['pod 2 []'],
    problems: 1,
  });
  assert.deepEqual(told(JSON.stringify(listed(...PODS.items, 7))), { told: ['pod 2 []'], problems: 1 });
  assert.deepEqual(told(`${json}\n{ "apiVersion": "v1", "items": [`), { told: ['pod 2 []'], problems: 1 });
  const yaml = stringify(PODS);
  assert.deepEqual(told(yaml.slice(0, yaml.indexOf('kind: List'))), { told: ['pod 2 []'], problems: 1 });
});
