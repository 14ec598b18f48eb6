import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { redact } from './redact.ts';
import { redactionOf } from './sed.ts';

const MARK = '0f3c9a7e-1111-2222-3333-444455556666';

function redacted(text: string, sed: readonly string[]): string {
  if (sed.length === 0) return redact(text);
  const folder = mkdtempSync(join(tmpdir(), 'leadline-redaction-'));
  try {
    writeFileSync(join(folder, 'program'), redactionOf(MARK));
    const [program = 'sed', ...more] = sed;
    const ran = spawnSync(program, [...more, '-E', '-f', join(folder, 'program')], { input: text, env: { ...process.env, LC_ALL: 'C' } });
    assert.equal(ran.stderr.toString(), '');
    return ran.stdout.toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The secrets are made up; each stands where one of its kind really stands. */
const PLANTED: readonly (readonly [where: string, text: string, secret: string])[] = [
  ['a password in an URL', 'ExecStart=/usr/bin/etcd --endpoints=https://root:Hunter2Hunter2@192.0.2.1:2379 --debug', 'Hunter2Hunter2'],
  ['a password with an @ in an URL', 'proxy http://me:p@ssw0rd@proxy.example.org:3128/', 'ssw0rd'],
  ['a user alone in an URL', 'remote https://ghs_abcdefghijklmnop@example.org/repo', 'ghs_abcdefghijklmnop'],
  ['a bearer token', 'Authorization: Bearer abcDEF123456789.xyz', 'abcDEF123456789'],
  ['a basic authorization', 'Authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  ['a flag with =', 'arg --etcd-password=Tr0ub4dor', 'Tr0ub4dor'],
  ['a flag and its value on two lines', 'arg --token\narg s3cr3tvalue\narg --v=2', 's3cr3tvalue'],
  ['a flag and its value on one line', 'ExecStart=/usr/bin/kubelet --bootstrap-token s3cr3tvalue --v=2', 's3cr3tvalue'],
  ['an environment value of a unit', 'Environment="DATABASE_URL_X=opaque-thing-77"', 'opaque-thing-77'],
  ['another environment value of a unit', '  Environment=SOMETHING=private-bit', 'private-bit'],
  ['a secret in an allowed variable', 'Environment="KUBELET_ARGS=--token=abcdefgh1234"', 'abcdefgh1234'],
  ['a secret second on the line', 'Environment="FLANNEL_OPTIONS=-v" "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI"', 'wJalrXUtnFEMI'],
  ['a shell assignment', 'FLANNELD_ETCD_PASSWORD=Pa55phrase', 'Pa55phrase'],
  ['a quoted shell assignment', 'REGISTRY_TOKEN="two words here"', 'two words'],
  ['a JSON value', '{"registry": {"password": "with \\"quotes\\" and spaces"}, "mtu": 1450}', 'and spaces'],
  ['a tight JSON value', '{"token":"abc123abc123","mtu":1450}', 'abc123abc123'],
  ["docker's auth", '"auths": {"example.org": {"auth": "dXNlcjpwYXNz"}}', 'dXNlcjpwYXNz'],
  ['a value after a tab', 'password:\thunter2', 'hunter2'],
  ['a YAML value', '    client-key-data: QUJDREVGR0hJSktM', 'QUJDREVGR0hJSktM'],
  ['a base64 PEM', 'caData=LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ==', 'BSU0EgUFJJVkFURSBLRVktLS0tLQ'],
  ['a JWT', 'x eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJl y', 'eyJpc3MiOiJrdWJlcm5ldGVz'],
  ['a bootstrap token', 'using token 07401b.f395accd246ae52d to join', 'f395accd246ae52d'],
  ['a cloud key', 'id AKIAIOSFODNN7EXAMPLE end', 'AKIAIOSFODNN7EXAMPLE'],
  [
    'a private key',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nq83vEjRWeJCrze8=\n-----END RSA PRIVATE KEY-----\nafter',
    'MIIEpAIBAAKCAQEA',
  ],
  [
    'a private key inside JSON',
    '{"key": "-----BEGIN EC PRIVATE KEY-----\\nMHcCAQEEIIGl\\n-----END EC PRIVATE KEY-----", "mtu": 1}',
    'MHcCAQEEIIGl',
  ],
  [
    'a private key in a log',
    'Nov 21 host app[1]: -----BEGIN PRIVATE KEY-----\nNov 21 host app[1]: MIIEvQIBADAN\nNov 21 host app[1]: -----END PRIVATE KEY-----',
    'MIIEvQIBADAN',
  ],
  ['a flag whose name only looks like a file', 'arg --password-profile=topsecret99', 'topsecret99'],
  ["flannel's pre-shared key", '{"Backend": {"Type": "wireguard", "PSK": "Sup3rSecretPsk"}}', 'Sup3rSecretPsk'],
  [
    'a pre-shared key of JSON inside JSON',
    '{"node":{"key":"/x","value":"{\\"Backend\\":{\\"PSK\\":\\"Sup3rSecretPsk\\"}}"}}',
    'Sup3rSecretPsk',
  ],
  ['a token of JSON inside JSON', '{"node":{"key":"/x","value":"{\\"token\\":\\"Sup3rSecret\\",\\"a\\":1}"}}', 'Sup3rSecret'],
  [
    'a pre-shared key in the base64 of etcd, offset 0',
    '{"kvs":[{"key":"L2Nv","value":"eyJOZXR3b3JrIjoiMTAuMS4wLjAvMTYiLCJCYWNrZW5kIjp7IlR5cGUiOiJ3aXJlZ3VhcmQiLCJQU0siOiJTdXAzclNlY3JldFBzayJ9fQ==","lease":"12"}]}',
    'ZW5kIjp7IlR5cGUiOiJ3',
  ],
  [
    'a pre-shared key in the base64 of etcd, offset 1',
    '{"kvs":[{"key":"L2Nv","value":"eHsiTmV0d29yayI6IjEwLjEuMC4wLzE2IiwiQmFja2VuZCI6eyJUeXBlIjoid2lyZWd1YXJkIiwiUFNLIjoiU3VwM3JTZWNyZXRQc2sifX0=","lease":"12"}]}',
    'a2VuZCI6eyJUeXBlIjoi',
  ],
  [
    'a pre-shared key in the base64 of etcd, offset 2',
    '{"kvs":[{"key":"L2Nv","value":"eHh7Ik5ldHdvcmsiOiIxMC4xLjAuMC8xNiIsIkJhY2tlbmQiOnsiVHlwZSI6IndpcmVndWFyZCIsIlBTSyI6IlN1cDNyU2VjcmV0UHNrIn19","lease":"12"}]}',
    'Y2tlbmQiOnsiVHlwZSI6',
  ],
  [
    'a private key of WireGuard (wg show all dump)',
    'wg0\tyAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\t51820\toff',
    'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=',
  ],
  [
    'a pre-shared key of WireGuard (wg show all dump)',
    'wg0\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\tFpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=\t10.0.0.2:51820\t10.2.0.0/16\t0\t0\t0\toff',
    'FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=',
  ],
  [
    'a key in a WireGuard configuration',
    '[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\nListenPort = 51820',
    'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=',
  ],
  ['a key of IPsec (ip xfrm state)', '\taead rfc4106(gcm(aes)) 0x4c6f72656d20697073756d20646f6c6f72207369 128', '4c6f72656d20697073756d'],
  ['a shell assignment in single quotes', "REGISTRY_TOKEN='two words here'", 'two words'],
  ['a YAML value of two words', 'password: "two words"', 'words'],
  ["a password in a rule's comment", '-A INPUT -s 10.9.0.0/16 -m comment --comment "password=Pa55phrase" -j ACCEPT', 'Pa55phrase'],
  [
    "a password among other words of a rule's comment",
    '[3:180] -A INPUT -m comment --comment "by bob, db_password=Pa55phrase, till May" -j DROP',
    'Pa55phrase',
  ],
  ["a password with quotes in a rule's comment", '-A INPUT -m comment --comment "PASSWORD=\\"Pa55 phrase\\"" -j ACCEPT', 'phrase'],
  ["a password with a quote in it in a rule's comment", '-A INPUT -m comment --comment "secret=ab\\"Pa55phrase" -j ACCEPT', 'Pa55phrase'],
  ["a token behind a colon in a rule's comment", '-A INPUT -m comment --comment "api token: Pa55phrase" -j ACCEPT', 'Pa55phrase'],
  [
    "a JWT in a rule's comment",
    '-A INPUT -m comment --comment "token: eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJl" -j ACCEPT',
    'eyJpc3MiOiJrdWJlcm5ldGVz',
  ],
  ["a bearer token in a rule's comment", '-A INPUT -m comment --comment "Bearer abcDEF123456789" -j ACCEPT', 'abcDEF123456789'],
  ["a flag's value in a rule's comment", '-A INPUT -m comment --comment "join with --token Pa55phrase here" -j ACCEPT', 'Pa55phrase'],
  ["a flag first in a rule's comment", '-A INPUT -m comment --comment "--token Pa55phrase" -j ACCEPT', 'Pa55phrase'],
  ["a flag and = in a rule's comment", '-A INPUT -m comment --comment "curl --password=Pa55phrase" -j ACCEPT', 'Pa55phrase'],
  ["a flag with one dash in a rule's comment", '-A INPUT -m comment --comment "etcd (-etcd-password Pa55phrase)" -j ACCEPT', 'Pa55phrase'],
  ["a flag's quoted value in a rule's comment", '-A INPUT -m comment --comment "--token \\"ab Pa55phrase\\"" -j ACCEPT', 'Pa55phrase'],
  [
    "a flag's value with a quote in it in a rule's comment",
    '-A INPUT -m comment --comment "--token ab\\\'Pa55phrase" -j DROP',
    'Pa55phrase',
  ],
  ["a flag's value in nft's comment", '\t\tip saddr 10.9.0.0/16 accept comment "--token Pa55phrase"', 'Pa55phrase'],
  ["a flag's value in nft's JSON", '{"comment": "by --token Pa55phrase", "expr": []}', 'Pa55phrase'],
  ["a flag's quoted value on one line", 'ExecStart=/usr/bin/kubelet --bootstrap-token "two words" --v=2', 'words'],
  ["a flag's value with a quote in it on one line", 'root 7 /usr/bin/kubelet --bootstrap-token ab"Pa55phrase --v=2', 'Pa55phrase'],
  ['a secret key behind a flag', 'ExecStart=/usr/bin/x --aws-secret-key wJalrXUtnFEMI', 'wJalrXUtnFEMI'],
  ['a secret key behind a flag on two lines', 'arg --signing_key\narg wJalrXUtnFEMI', 'wJalrXUtnFEMI'],
  ["a PEM in a rule's comment", '-A INPUT -m comment --comment "-----BEGIN PRIVATE KEY-----MIIEvQ" -j ACCEPT', 'MIIEvQ'],
  ["a password in nft's comment", '\t\tip saddr 10.9.0.0/16 accept comment "password=Pa55phrase"', 'Pa55phrase'],
  ["a token behind a colon in nft's JSON", '{"comment": "token: Pa55phrase", "expr": []}', 'Pa55phrase'],
  ["etcdctl's name and password", '$ etcdctl --endpoints=http://192.0.2.1:2379 --user root:Pa55phrase get /x --prefix', 'Pa55phrase'],
  ["etcdctl's older way of it", '[root@D ~]# ETCDCTL_API=2 etcdctl --username=root:Pa55phrase ls -r', 'Pa55phrase'],
  ["curl's name and password", 'ExecStartPre=/usr/bin/curl -sS -u "root:Pa55phrase" http://192.0.2.1:2379/v2/keys', 'Pa55phrase'],
  ['an encryption key', '"encryption-key": "0123456789abcdef0123456789abcdef"', '0123456789abcdef'],
];

/** What must come through as it is. */
const KEPT: readonly string[] = [
  '[12:840] -A KUBE-SEP-ABCDEFGHIJKLMNOP -m comment --comment "default/token-service:http" -j DNAT --to-destination 10.1.2.3:80',
  '-A KUBE-SERVICES -m comment --comment "vault/secret: store" -j KUBE-SVC-X',
  '-A KUBE-SVC-X -m comment --comment "vault/db-password -> 10.1.2.3:80" -m statistic --mode random --probability 0.5 -j KUBE-SEP-Y',
  '-A KUBE-SERVICES -d 10.96.0.9/32 -p tcp -m comment --comment "shop/token:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-X',
  '-A KUBE-SERVICES -m comment --comment "shop/api-key has no endpoints" -j REJECT --reject-with icmp-port-unreachable',
  '-A cali-INPUT -m comment --comment "cali:tokenX1_secretYz9" -j cali-wl-to-host',
  '-A cali-pi-_x -m comment --comment "cali:k3yS" -m comment --comment "Policy shop/knp.default.secret ingress"',
  '-A INPUT -m set --match-set token src -m comment --comment "see token-file: /etc/x" -j ACCEPT',
  '-A INPUT -m comment --comment "see --token-file /etc/x, --token" -j ACCEPT',
  '-A KUBE-SVC-X -m comment --comment "shop/my-token -> 10.1.2.3:80" -j KUBE-SEP-Y',
  '$ curl -v -u root http://192.0.2.1:2379/health',
  '$ docker run -u 1000:1000 web',
  '$ nc -zv -u 2001:db8::1 53',
  'arg --service-account-signing-key-file=/etc/kubernetes/pki/sa.key',
  'arg --service-account-signing-key-file',
  'arg /etc/kubernetes/pki/sa.key',
  'ExecStart=/usr/bin/x --token-auth-file /etc/x --token --v=2',
  '\t\tip daddr 10.96.0.9 tcp dport 80 counter packets 0 bytes 0 jump KUBE-SVC-X comment "shop/token:http cluster IP"',
  'arg --token-auth-file=/etc/kubernetes/tokens.csv',
  'arg --service-account-private-key-file=/etc/kubernetes/sa.key',
  'arg --tls-private-key-file=/etc/kubernetes/pki/apiserver.key',
  'arg -etcd-keyfile=/etc/flannel/key.pem',
  'arg -etcd-endpoints=http://192.168.1.2:2379',
  'Environment="FLANNEL_OPTIONS=-iface=ens3"',
  'EnvironmentFile=-/run/flannel/docker',
  'net.ipv4.tcp_fastopen = 1',
  'ESTAB 0 0 10.0.0.1:443 10.0.0.2:51000 users:(("kubelet",pid=1,fd=2)) timer:(keepalive,29sec,0)',
  '{"kvs":[{"key":"L2NvcmVvcy5jb20=","value":"eyJQdWJsaWNJUCI6IjE5Mi4xNjguMS4xMSJ9","lease":"7587899053165236191"}]}',
  '{"kvs":[{"key":"L2NvcmVvcy5jb20vbmV0d29yay9jb25maWc=","value":"eyJOZXR3b3JrIjoiMTAuMTAwLjAuMC8xNiIsIlN1Ym5ldExlbiI6MjQsIkJhY2tlbmQiOnsiVHlwZSI6InZ4bGFuIiwiVk5JIjoxLCJQb3J0Ijo4NDcyfX0="}]}',
  'wg0\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\t10.2.0.0/16 10.3.0.0/16',
  '\tauth-trunc hmac(sha256) 128',
  'fe80::1%eth0 dev eth0 lladdr be:6d:4f:07:7f:fb PERMANENT',
];

const busybox = spawnSync('busybox', ['true']).status === 0;

for (const sed of [['sed'], ['busybox', 'sed'], []]) {
  describe(`redaction by ${sed.join(' ') || 'the importer'}`, {
    skip: sed[0] === 'busybox' && !busybox ? 'busybox is not installed' : false,
  }, () => {
    for (const [where, text, secret] of PLANTED) {
      it(`removes ${where}`, () => {
        const out = redacted(`${text}\n`, sed);
        assert.ok(!out.includes(secret), out);
        assert.ok(out.includes('[redacted]'), out);
        assert.equal(out.split('\n').length, `${text}\n`.split('\n').length, 'lines keep their numbers');
      });
    }
    it('leaves what is no secret', () => {
      const text = `${KEPT.join('\n')}\n`;
      assert.equal(redacted(text, sed), text);
    });
    // only the script's stream has readings that end
    if (sed.length > 0) {
      it('cuts a private key without an end where its reading ends', () => {
        const out = redacted(`-----BEGIN PRIVATE KEY-----\nAAAA\n\n${MARK} end 0 12.5\n${MARK} entry . hosts hosts 12.5\nplain\n`, sed);
        assert.equal(out, `[redacted]\n[redacted]\n[redacted]\n${MARK} end 0 12.5\n${MARK} entry . hosts hosts 12.5\nplain\n`);
      });
    }
    it('leaves the rest of a rule as it is', () => {
      for (const [text, out] of [
        [
          '-A INPUT -m comment --comment "by bob, token: abc and more" -j DROP',
          '-A INPUT -m comment --comment "by bob, token: [redacted] and more" -j DROP',
        ],
        ['-A INPUT -m comment --comment "a \\"token=abc\\"" -j DROP', '-A INPUT -m comment --comment "a \\"token=[redacted]" -j DROP'],
        [
          '-A INPUT -m comment --comment "token: " -j LOG --log-prefix "x y"',
          '-A INPUT -m comment --comment "token: " -j LOG --log-prefix "x y"',
        ],
        ['\t\taccept comment "token: abc"', '\t\taccept comment "token: [redacted]"'],
        [
          '-A INPUT -m comment --comment "by --token abc --v 2" -j LOG --log-prefix "x y"',
          '-A INPUT -m comment --comment "by --token [redacted] --v 2" -j LOG --log-prefix "x y"',
        ],
        [
          '-A INPUT -m comment --comment "by --token " -j LOG --log-prefix "x y"',
          '-A INPUT -m comment --comment "by --token " -j LOG --log-prefix "x y"',
        ],
        ['\t\tcomment "--token abc" counter', '\t\tcomment "--token [redacted]" counter'],
        ['\t\tcomment "by --token " counter', '\t\tcomment "by --token " counter'],
        ['{"comment": "by --token abc", "expr": [1]}', '{"comment": "by --token [redacted]", "expr": [1]}'],
        ['{"comment":"by --token abc","expr":[1]}', '{"comment":"by --token [redacted]","expr":[1]}'],
        ['{"message": "{\\"say\\": \\"--token abc\\"}", "mtu": 1}', '{"message": "{\\"say\\": \\"--token [redacted]\\"}", "mtu": 1}'],
        ['{"message": "password: a\\\\b", "mtu": 1}', '{"message": "password: [redacted]", "mtu": 1}'],
        ['{"message": "{\\"say\\": \\"token: abc\\"}", "mtu": 1}', '{"message": "{\\"say\\": \\"token: [redacted]\\"}", "mtu": 1}'],
        ['password: "a\\"b c" # x', 'password: [redacted] # x'],
        ['{"comment": "token: ", "expr": [1]}', '{"comment": "token: ", "expr": [1]}'],
        ['{"comment": "token: abc", "expr": [1]}', '{"comment": "token: [redacted]", "expr": [1]}'],
      ] as const)
        assert.equal(redacted(`${text}\n`, sed), `${out}\n`);
    });
    it('keeps the rest of a JSON document readable', () => {
      const out = redacted(
        '{"token":"abc123abc123","mtu":1450,"key":"-----BEGIN EC PRIVATE KEY-----\\nMHc\\n-----END EC PRIVATE KEY-----"}\n',
        sed,
      );
      assert.deepEqual(JSON.parse(out), { token: '[redacted]', mtu: 1450, key: '[redacted]' });
    });
  });
}

it('reads hostile lines of a megabyte in bounded time', { timeout: 20_000 }, () => {
  const pieces = [
    'token',
    'eyJ',
    'a.',
    'tokenfile-',
    '://',
    'password ',
    '-----BEGIN ',
    '"token',
    ' --token',
    'Bearer ',
    'Environment=token',
    ' auth x ',
    '--token -',
    '--token \\"',
  ];
  for (const piece of pieces) redact(piece.repeat(Math.ceil(1_000_000 / piece.length)));
  for (const piece of ['curl -u ', 'etcdctl ', 'curl -u a:', 'curl -u a']) redact(piece.repeat(Math.ceil(1_000_000 / piece.length)));
  redact(`curl -u ${'a'.repeat(1_000_000)}`);
  for (const long of ['a', ' ', '"a', '\\"a', '-']) redact(`x --token b${long.repeat(1_000_000)}`);
  redact(`-A INPUT -m comment --comment "--token ${'a'.repeat(1_000_000)}"`);
});
