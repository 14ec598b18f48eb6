import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import { parseRecorded, recordedNames, recordedText } from '#testing/recorded-tools';
import { formats } from '../formats.ts';
import kubernetes from '../kubernetes/kubernetes.ts';
import { recognise } from '../recognise.ts';
import { sections } from '../transcript.ts';
import kubectlTable from './kubectl-table.ts';

// hand-made after kubectl 1.34, for the corners that the recordings below do not isolate
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
    ['kube-system', 'coredns-1', ['10.244.1.5'], 'n1', undefined, 'Running'],
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

const recordedAs = (name: string) => parseRecorded(kubectlTable, 'kubectl', name);

test('the recorded tables of Pods say nothing that the same objects in JSON contradict', () => {
  const objects = new Map(
    factsOf(parseRecorded(kubernetes, 'kubectl', 'get-pods-A-o-json'), 'pod').map((one) => [`${one.namespace}/${one.name}`, one]),
  );
  assert.ok(objects.size >= 20);
  for (const name of ['get-pods-A-o-wide', 'get-pods-A-o-wide-show-labels', 'get-pods-svc-A-o-wide', 'get-all-A-o-wide']) {
    const pods = factsOf(recordedAs(name), 'pod');
    assert.equal(pods.length, objects.size, name);
    for (const pod of pods) {
      const key = `${pod.namespace}/${pod.name}`;
      const object = objects.get(key);
      assert.equal(pod.node, object?.node, key);
      // the table shows the first address alone
      assert.deepEqual(pod.addresses, object?.addresses.slice(0, 1), key);
      if (pod.phase !== undefined) assert.equal(pod.phase, object?.phase, key);
      if (pod.ready !== undefined) assert.equal(pod.ready, object?.ready, key);
      if (pod.labels !== undefined) assert.deepEqual(pod.labels, object?.labels, key);
    }
    assert.ok(pods.some(({ ready }) => ready === false) && pods.some(({ phase }) => phase === 'Running'));
    assert.equal(
      pods.every(({ labels }) => labels !== undefined),
      name.endsWith('labels'),
    );
  }
});

test('the recorded tables of Services say nothing that the same objects in JSON contradict', () => {
  const objects = new Map(factsOf(parseRecorded(kubernetes, 'kubectl', 'get-svc-A-o-json'), 'service').map((one) => [one.name, one]));
  for (const name of ['get-svc-A', 'get-svc-A-o-wide', 'get-pods-svc-A-o-wide', 'get-svc-endpoints-A-o-wide']) {
    const services = factsOf(recordedAs(name), 'service');
    assert.equal(services.length, objects.size, name);
    for (const service of services) {
      const object = objects.get(service.name);
      assert.equal(service.type, object?.type);
      assert.deepEqual(service.clusterIps, object?.clusterIps.slice(0, 1), service.name);
      const portOf = ({ port, protocol, nodePort }: (typeof service.ports)[number]) => [port, protocol, nodePort];
      assert.deepEqual(service.ports.map(portOf), object?.ports.map(portOf), service.name);
      if (service.selector !== undefined) assert.deepEqual(service.selector, object?.selector, service.name);
    }
  }
});

test('a table that a condition picked, or that lacks what facts need, is no list of everything', () => {
  for (const name of recordedNames('kubectl').filter((one) => /-l-app|field-selector/.test(one))) {
    const [pods] = recordedAs(name).readings;
    assert.ok((pods?.facts.length ?? 0) > 0, name);
    assert.deepEqual(pods?.covers, [], name);
  }
  for (const name of ['get-nodes', 'get-nodes-o-wide', 'get-endpoints-A', 'get-ep-A', 'get-endpointslices-A-o-wide', 'get-events-A']) {
    const parsed = recordedAs(name);
    assert.deepEqual([parsed.readings, parsed.problems.length], [[], 1], name);
    assert.match(parsed.problems[0]?.why ?? '', /-o json/, name);
  }
  assert.equal(recordedAs('get-pods-A-o-wide').readings[0]?.covers, true);
});

test('what kubectl says instead of a table is no row of one', () => {
  for (const name of ['get-pods-nosuch', 'get-pods-n-nosuch-o-wide', 'server-https-127.0.0.1-9-get-pods']) {
    const parsed = recordedAs(name);
    assert.deepEqual([parsed.readings, parsed.problems], [[], []], name);
  }
});

test('all that kubectl printed is recognised by its content, also behind a warning; rows without a head are not', () => {
  const takenFor = (name: string): string | undefined => recognise(sections(recordedText('kubectl', name))[0]?.text ?? '', formats)?.id;
  const other = recordedNames('kubectl').filter(
    (name) => takenFor(name) !== (/-o-(json|yaml)$/.test(name) ? 'kubernetes' : 'kubectl-table'),
  );
  assert.deepEqual(other, ['get-pods-A-o-wide-no-headers']);
  const warned = parseRecorded(kubernetes, 'kubectl', 'get-endpoints-A-o-json');
  assert.deepEqual(warned.problems, []);
  assert.ok(factsOf(warned, 'endpoints').some(({ addresses }) => addresses.length > 0));
});

test('a line that names nothing which the API takes is no row', () => {
  // hand-made, form of a pasted shell with set -x (rootsongjc/kubernetes-vagrant-centos-cluster#105)
  const text = `NAMESPACE     NAME     READY   STATUS    RESTARTS   AGE     IP
default       web-0    1/1     Running   0          3m59s   10.244.1.2
+ kubectl get service -A
`;
  const parsed = parseText(kubectlTable, text);
  assert.deepEqual([factsOf(parsed, 'pod').map(({ name }) => name), parsed.problems.map(({ line }) => line)], [['web-0'], [3]]);
});
