import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, withoutOrigin } from '#testing/parse-text';
import cniConfig from './cni-config.ts';

const read = (text: string, path = '/etc/cni/net.d/10-flannel.conflist') => {
  const [fact] = factsOf(parseText(cniConfig, text, { argv: ['cat', path] }), 'cni-config');
  return fact && withoutOrigin(fact);
};

// flannel's manifest, as published (kube-flannel.yml v0.27)
const FLANNEL = `{
  "name": "cbr0",
  "cniVersion": "0.3.1",
  "plugins": [
    { "type": "flannel", "delegate": { "hairpinMode": true, "isDefaultGateway": true } },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
`;

test('the plugins of a list are read in their order', () => {
  assert.deepEqual(read(FLANNEL), { path: '/etc/cni/net.d/10-flannel.conflist', name: 'cbr0', types: ['flannel', 'portmap'] });
});

test('a single plugin is a list of one', () => {
  const text = '{"name":"lab","cniVersion":"0.4.0","type":"bridge","ipam":{"type":"host-local"}}';
  assert.deepEqual(read(text, '/etc/cni/net.d/99-lab.conf'), { path: '/etc/cni/net.d/99-lab.conf', name: 'lab', types: ['bridge'] });
});

test('hostile files give problems', () => {
  for (const text of ['{', '[]', '{"plugins":[1,null,{}]}', `{"plugins":${'['.repeat(50000)}`, '"x"']) {
    assert.doesNotThrow(() => parseText(cniConfig, text), text.slice(0, 20));
  }
});
