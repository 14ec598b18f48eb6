import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { base32, sha256 } from './sha256.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('digests are those of the library, for every length around a block', () => {
  for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000]) {
    const text = 'default/web:http tcp é '.repeat(60).slice(0, length);
    assert.equal(hex(sha256(text)), createHash('sha256').update(text).digest('hex'), String(length));
  }
});

test("base 32 gives kube-proxy's chain names", () => {
  assert.equal(base32(sha256('default/kubernetes:httpstcp')).slice(0, 16), 'NPX46M4PTMTKRN6Y');
  assert.equal(base32(sha256('kube-system/kube-dns:dnsudp')).slice(0, 16), 'TCOU7JCQXEZGVUNU');
});
