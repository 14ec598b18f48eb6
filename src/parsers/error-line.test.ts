import assert from 'node:assert/strict';
import test from 'node:test';
import { errorLineIn } from './error-line.ts';

const told = (line: string): string | undefined => {
  const error = errorLineIn(line);
  if (error === undefined) return undefined;
  const { by, from, to, port, protocol, outcome, standing } = error;
  return `${by} ${from ?? '?'} ${to}:${port}/${protocol} ${outcome}${standing === true ? ' standing' : ''}`;
};

test('what programs print of an address that they cannot connect to names it, its port and how it ended', () => {
  // as Go, netty, nginx, urllib3, Node.js, .NET, redis-cli, libpq, OpenSSH, kubectl and MySQL's client write it
  for (const [line, expected] of [
    ['Get "https://10.96.0.1:443/api?timeout=32s": dial tcp 10.96.0.1:443: i/o timeout', 'text ? 10.96.0.1:443/tcp silent'],
    ['dial tcp 10.100.41.10:8080: connect: no route to host', 'text ? 10.100.41.10:8080/tcp unreachable'],
    ['dial tcp [fd00::10]:8080: connect: connection refused', 'text ? fd00::10:8080/tcp refused'],
    ['dial tcp 10.100.54.2:0->10.100.41.10:8080: connect: network is unreachable', 'text 10.100.54.2 10.100.41.10:8080/tcp unreachable'],
    [
      'dial tcp: lookup web.default on 10.96.0.10:53: read udp 10.100.54.2:41805->10.96.0.10:53: i/o timeout',
      'text 10.100.54.2 10.96.0.10:53/udp silent',
    ],
    ['read tcp 10.100.54.2:40652->10.96.0.1:443: read: connection timed out', 'text 10.100.54.2 10.96.0.1:443/tcp silent standing'],
    ['ConnectTimeoutException: connection timed out: web.default/10.100.41.10:8080', 'text ? 10.100.41.10:8080/tcp silent'],
    [
      'connect() failed (113: No route to host) while connecting to upstream, client: 192.0.2.1, server: _, upstream: "http://10.100.41.10:8080/", host: "x"',
      'text ? 10.100.41.10:8080/tcp unreachable',
    ],
    [
      'upstream timed out (110: Connection timed out) while reading response header from upstream, client: 192.0.2.1, server: _, upstream: "http://10.100.41.10:8080/"',
      'text ? 10.100.41.10:8080/tcp silent standing',
    ],
    [
      "HTTPConnectionPool(host='10.100.41.10', port=8080): Max retries exceeded with url: / (Caused by ConnectTimeoutError('Connection to 10.100.41.10 timed out. (connect timeout=5)'))",
      'text ? 10.100.41.10:8080/tcp silent',
    ],
    ['Error: connect ETIMEDOUT 10.100.41.10:8080', 'text ? 10.100.41.10:8080/tcp silent'],
    ['Error: connect EHOSTUNREACH 10.100.41.10:8080', 'text ? 10.100.41.10:8080/tcp unreachable'],
    ['System.Net.Http.HttpRequestException: Connection timed out (10.100.41.10:8080)', 'text ? 10.100.41.10:8080/tcp silent'],
    ['Could not connect to Redis at 10.100.41.10:6379: Connection timed out', 'text ? 10.100.41.10:6379/tcp silent'],
    ['connection to server at "db.shop.svc" (10.96.7.1), port 5432 failed: Connection timed out', 'text ? db.shop.svc:5432/tcp silent'],
    ['ssh: connect to host 192.168.1.13 port 22: 没有到主机的路由', 'text ? 192.168.1.13:22/tcp unreachable'],
    ['The connection to the server 192.168.1.10:6443 was refused - did you specify', 'text ? 192.168.1.10:6443/tcp refused'],
    ["ERROR 2003 (HY000): Can't connect to MySQL server on '10.100.41.10:3306' (110)", 'text ? 10.100.41.10:3306/tcp silent'],
    ['curl: (7) Failed to connect to 10.96.0.10 port 443: No route to host', 'text ? 10.96.0.10:443/tcp unreachable'],
    ['curl: (28) Failed to connect to 10.96.0.10 port 443 after 131072 ms: Connection timed out', 'text ? 10.96.0.10:443/tcp silent'],
    // since 7.86 by a refusal or by silence: it is asked, and nothing was measured
    [
      "curl: (7) Failed to connect to 10.96.0.10 port 443 after 3 ms: Couldn't connect to server",
      'text ? 10.96.0.10:443/tcp mixed standing',
    ],
    ['从 web 访问 10.96.0.10:80 连接超时', 'text web 10.96.0.10:80/tcp silent'],
  ] as const)
    assert.equal(told(line), expected, line);
});

test("a kubelet's lines tell where they were met; a request that waits may wait for the application", () => {
  const probe = (words: string): string => `Readiness probe failed: Get "http://10.100.41.10:8080/healthz": ${words}`;
  assert.equal(told(probe('dial tcp 10.100.41.10:8080: i/o timeout')), 'kubelet ? 10.100.41.10:8080/tcp silent');
  assert.equal(
    told(probe('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')),
    'kubelet ? 10.100.41.10:8080/tcp silent standing',
  );
  // kubelet 1.15, as published with an incident
  const heartbeat =
    'E0415 17:03:11.351872 16624 kubelet_node_status.go:374] Error updating node status, will retry: error getting node "k8s-slave88": Get https://10.13.10.12:6443/api/v1/nodes/k8s-slave88?timeout=5s: net/http: request canceled (Client.Timeout exceeded while awaiting headers)';
  assert.equal(told(heartbeat), 'text k8s-slave88 10.13.10.12:6443/tcp silent standing');
  assert.equal(
    told('Apr 15 17:03:11 k8s-slave88 kubelet[16624]: dial tcp 10.13.10.12:6443: i/o timeout'),
    'text k8s-slave88 10.13.10.12:6443/tcp silent',
  );
});

test('what names no address, several of them, or no failure says nothing of a way', () => {
  for (const line of [
    'java.net.ConnectException: Connection timed out (Connection timed out)',
    'dial tcp: lookup web.default on 10.96.0.10:53: no such host',
    'peers 10.0.0.1:2380 and 10.0.0.2:2380: timed out',
    'listening on 10.0.0.1:8080, timeout 30s is set for 10.0.0.2:80',
    'I1121 05:43:23.775716 1 main.go:1] proxy 10.0.0.1:8080 is ready',
    'version 1.2.3.4:5',
    'request to 10.0.0.1:8080 (429): too many',
  ])
    assert.equal(told(line), undefined, line);
});
