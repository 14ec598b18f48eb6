import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { redactObjects } from './objects.ts';

/** Objects after those of Kubernetes 1.34, hand-made; what is a secret begins with `Hunter`. */
const LIST = {
  apiVersion: 'v1',
  items: [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"env":[{"name":"A","value":"Hunter1"}]}}\n' },
        name: 'web',
      },
      spec: {
        containers: [
          {
            args: ['--token', 'Hunter2', '--token', '--v=2', '--token-file', '/etc/token'],
            env: [
              { name: 'OPAQUE', value: 'Hunter3' },
              { name: 'LONG', value: 'Hunter4\n\nHunter5 "with" quotes\n' },
              { name: 'FROM', valueFrom: { secretKeyRef: { key: 'k', name: 's' } } },
            ],
            livenessProbe: { httpGet: { httpHeaders: [{ name: 'Authorization', value: 'Hunter6' }], port: 80 } },
            name: 'web',
          },
        ],
        dnsConfig: { options: [{ name: 'ndots', value: '5' }] },
      },
    },
    { apiVersion: 'v1', data: { 'tls.key': 'Hunter7' }, kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'Hunter8' } },
    { apiVersion: 'v1', data: { Corefile: '.:53 {\n  forward . 192.0.2.53\n}\n' }, kind: 'ConfigMap', metadata: { name: 'coredns' } },
  ],
  kind: 'List',
};

const KEPT = [
  /"ndots","value":"5"/,
  /forward \. 192\.0\.2\.53/,
  /"--token-file","\/etc\/token"/,
  /"--token","--v=2"/,
  /"name":"OPAQUE"/,
  /"key":"k"/,
];

const FORMS: readonly (readonly [name: string, text: string, read: (text: string) => unknown])[] = [
  ['JSON', JSON.stringify(LIST), JSON.parse],
  ['JSON of several lines', JSON.stringify(LIST, null, 4), JSON.parse],
  ['YAML', stringify(LIST), parse],
  ['YAML with quotes', stringify(LIST, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 20 }), parse],
];

describe('redaction of objects', () => {
  for (const [name, text, read] of FORMS)
    it(`takes values out of ${name}, and nothing else`, () => {
      const out = redactObjects(text);
      assert.doesNotMatch(out, /Hunter/);
      assert.equal(out.split('\n').length, text.split('\n').length, 'lines keep their numbers');
      const kept = JSON.stringify(read(out));
      for (const one of KEPT) assert.match(kept, one);
      assert.equal(kept.match(/\[redacted\]/g)?.length, 7);
    });

  it('takes the data of a list of Secrets out, whose kind only the list tells', () => {
    const secrets = { apiVersion: 'v1', items: [{ data: { a: 'Hunter1' }, metadata: { name: 's' } }], kind: 'SecretList' };
    for (const text of [JSON.stringify(secrets), stringify(secrets)]) assert.doesNotMatch(redactObjects(text), /Hunter/);
  });

  it('takes a container’s environment out', () => {
    const inspected = [{ Config: { Env: ['A=Hunter1', 'B=Hunter2'], Cmd: ['x', '--password', 'Hunter3'] } }];
    assert.doesNotMatch(redactObjects(JSON.stringify(inspected)), /Hunter/);
  });

  it('takes them out of what is cut off, and of YAML that is none', () => {
    for (const [, text] of FORMS.slice(0, 3))
      for (let end = 0; end < text.length; end += 7) assert.doesNotMatch(redactObjects(text.slice(0, end)), /Hunter\d/, text.slice(0, end));
    assert.doesNotMatch(redactObjects(`${stringify(LIST)}\n\t: [\n`), /Hunter/);
  });

  it('takes them out of each of several documents, behind a warning', () => {
    const [pod, secret] = LIST.items;
    const yaml = `Warning: v1 ComponentStatus is deprecated in v1.19+\n---\n${stringify(pod)}---\n${stringify(secret)}`;
    for (const text of [yaml, `${JSON.stringify(pod)}\n${JSON.stringify(secret)}\n`]) {
      const out = redactObjects(text);
      assert.doesNotMatch(out, /Hunter/);
      assert.equal(out.split('\n').length, text.split('\n').length);
    }
  });

  it('takes them out of lists that stand one behind the other', () => {
    const secrets = { apiVersion: 'v1', items: [LIST.items[1]], kind: 'List' };
    const maps = { apiVersion: 'v1', items: [LIST.items[2]], kind: 'List' };
    for (const write of [stringify, JSON.stringify]) assert.doesNotMatch(redactObjects(`${write(secrets)}\n${write(maps)}\n`), /Hunter/);
  });

  it('leaves other documents as they are', () => {
    for (const text of ['[{"ifname":"lo","env":1}]', '{"data":{"token":"x"}}', 'Environment: x\nenv: y\n', 'env:\n- name: A\n  value: b\n'])
      assert.equal(redactObjects(text), text);
  });

  it('reads hostile texts of megabytes in bounded time', { timeout: 20_000 }, () => {
    for (const piece of ['{"env":[', '"env', '[', ',', '{"a":', ']', 'kind: a\n env: ', '- ', '"\\'])
      redactObjects(`{"env": ${piece.repeat(1_000_000 / piece.length)}`);
  });
});
