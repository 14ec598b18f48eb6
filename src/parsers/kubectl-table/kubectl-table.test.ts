import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import kubectlTable from './kubectl-table.ts';

// hand-made after kubectl 1.34
const PODS = `NAMESPACE     NAME        READY   STATUS             RESTARTS      AGE   IP           NODE     NOMINATED NODE   READINESS GATES
kube-system   coredns-1   1/1     Running            2 (3h ago)    10d   10.244.1.5   n1       <none>           <none>
default       web-1       0/1     CrashLoopBackOff   7             10d   <none>       <none>   <none>           <none>
`;
const SERVICES = `NAMESPACE     NAME       TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)                 AGE   SELECTOR
kube-system   kube-dns   ClusterIP   10.96.0.10   <none>        53/UDP,9153:30153/TCP   10d   k8s-app=kube-dns
default       headless   ClusterIP   None         <none>        <none>                  10d   <none>
`;

test('a wide table of Pods tells addresses and nodes, not labels', () => {
  const [coredns, web] = factsOf(parseText(kubectlTable, PODS), 'pod');
  assert.deepEqual(
    [coredns?.namespace, coredns?.name, coredns?.addresses, coredns?.node, coredns?.ready, coredns?.phase],
    ['kube-system', 'coredns-1', ['10.244.1.5'], 'n1', true, 'Running'],
  );
  assert.deepEqual([web?.addresses, web?.node, web?.ready, web?.phase, web?.labels], [[], null, false, undefined, undefined]);
});

test('a table of Services tells their ports, not the targets', () => {
  const [dns, headless] = factsOf(parseText(kubectlTable, SERVICES), 'service');
  assert.deepEqual(
    dns?.ports.map(({ port, nodePort, targetPort }) => [port, nodePort, targetPort]),
    [
      [53, null, undefined],
      [9153, 30153, undefined],
    ],
  );
  assert.deepEqual([headless?.clusterIps, headless?.selector], [[], null]);
});

test('without a namespace in the table or the command there is no fact', () => {
  const text =
    'NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\nkubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   1d\n';
  assert.equal(parseText(kubectlTable, text).problems.length, 1);
  assert.equal(factsOf(parseText(kubectlTable, text, { argv: ['kubectl', 'get', 'svc', '-n', 'default'] }), 'service').length, 1);
  assert.equal(
    parseText(kubectlTable, 'NAME   READY   STATUS    RESTARTS   AGE\nweb    1/1     Running   0          1d\n', {
      argv: ['kubectl', 'get', 'po', '-n', 'x'],
    }).problems.length,
    1,
  );
});
