import type { FactOf, KindId } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { CLUSTER } from '#snapshot/scope';
import { listAt, readJson, readYaml, textAt } from '../document.ts';
import { configOf } from '../flannel.ts';
import { defineFormat, type Input, type Parsed, type Problem, pathOf, type Reading, reading } from '../format.ts';
import { leaseOfNode } from './flannel-node.ts';
import { endpointsOf, nodeFact, podFact, serviceOf, sliceOf } from './objects.ts';

type Found = { [K in 'service' | 'endpoints' | 'pod' | 'node' | 'lease' | 'flannel-config']: FactOf<K>[] };

type Object = { readonly kind: string; readonly value: unknown; readonly origin: Origin; readonly inList: boolean };

/** The objects of a document: a List's items (a typed list leaves their kind out), or the object itself. */
function* objectsOf(input: Input, document: unknown, prefix: string): Generator<Object> {
  const kind = textAt(document, 'kind');
  const items = listAt(document, 'items');
  if (items === undefined) {
    if (kind !== undefined) yield { kind, value: document, origin: pathOf(input, prefix), inList: false };
    return;
  }
  const own = kind === undefined || kind === 'List' ? undefined : kind.replace(/List$/, '');
  for (const [index, value] of items.entries()) {
    const of = textAt(value, 'kind') ?? own;
    if (of !== undefined) yield { kind: of, value, origin: pathOf(input, `${prefix}items[${index}]`), inList: true };
  }
}

function put<T>(list: T[], fact: T | undefined): boolean {
  if (fact !== undefined) list.push(fact);
  return fact !== undefined;
}

/** Reads one object into facts; `false` when it is of a known kind but broken. */
function take({ kind, value, origin }: Object, found: Found): boolean {
  if (kind === 'Service') return put(found.service, serviceOf(value, origin));
  if (kind === 'Endpoints') return put(found.endpoints, endpointsOf(value, origin));
  if (kind === 'EndpointSlice') return put(found.endpoints, sliceOf(value, origin));
  if (kind === 'Pod') return put(found.pod, podFact(value, origin));
  if (kind === 'ConfigMap') {
    const text = textAt(value, 'data', 'net-conf.json');
    if (text !== undefined) put(found['flannel-config'], configOf(`configmap/${textAt(value, 'metadata', 'name') ?? ''}`, text, origin));
  }
  if (kind !== 'Node') return true;
  const node = nodeFact(value, origin);
  if (node === undefined) return false;
  put(found.lease, leaseOfNode(node));
  return put(found.node, node);
}

const KINDS_OF: Readonly<Record<string, 'service' | 'endpoints' | 'pod' | 'node'>> = {
  Service: 'service',
  Endpoints: 'endpoints',
  EndpointSlice: 'endpoints',
  Pod: 'pod',
  Node: 'node',
};

/** Whether a list holds the objects of all namespaces: asked so, or the API's own path, or it shows several namespaces. */
function isWhole(input: Input, kind: KindId, facts: readonly { readonly namespace?: string }[]): boolean {
  if (input.argv.some((word) => word === '-l' || word.startsWith('--selector') || word.startsWith('--field-selector'))) return false;
  if (kind === 'node') return true;
  if (input.argv.some((word) => word === '-A' || word === '--all-namespaces')) return true;
  return input.argv.length === 0 && new Set(facts.map(({ namespace }) => namespace)).size > 1;
}

function readingsOf(input: Input, found: Found, listed: ReadonlySet<string>): Reading[] {
  const readings: Reading[] = [];
  for (const kind of ['service', 'endpoints', 'pod', 'node'] as const) {
    if (found[kind].length === 0 && !listed.has(kind)) continue;
    const whole = listed.has(kind) && isWhole(input, kind, found[kind] as readonly { readonly namespace?: string }[]);
    readings.push(reading(kind, found[kind] as never, whole ? true : [], CLUSTER));
  }
  if (found.lease.length > 0)
    readings.push(reading('lease', found.lease, listed.has('node') && isWhole(input, 'node', []) ? true : [], CLUSTER));
  if (found['flannel-config'].length > 0) readings.push(reading('flannel-config', found['flannel-config'], true, CLUSTER));
  return readings;
}

const looksJson = (text: string): boolean => /^\s*(?:#[^\n]*\n\s*)*[{[]/.test(text.slice(0, 4096));

/** `kubectl get -o json|yaml` and the API's own bodies: lists, single objects, several YAML documents. */
export default defineFormat({
  id: 'kubernetes',
  is: 'objects of the Kubernetes API as JSON or YAML',
  tells: ['service', 'endpoints', 'pod', 'node', 'lease'],
  recognise: (head) =>
    /^\s*\{\s*"(?:apiVersion|kind|metadata|items)":/.test(head) && /"kind": ?"\w+"/.test(head)
      ? 0.97
      : /^apiVersion: [\w./-]+\s*$/m.test(head) && /^(?:kind: \w+|items:|metadata:|- apiVersion:|data:|spec:)/m.test(head)
        ? 0.97
        : 0,
  parse: (input): Parsed => {
    const documents = looksJson(input.text) ? [readJson(input.text)] : readYaml(input.text);
    const found: Found = { service: [], endpoints: [], pod: [], node: [], lease: [], 'flannel-config': [] };
    const problems: Problem[] = [];
    const listed = new Set<string>();
    for (const [index, document] of documents.entries()) {
      if ('why' in document) {
        problems.push({ line: 1, why: document.why });
        continue;
      }
      const type = /^(\w+)List$/.exec(textAt(document.value, 'kind') ?? '')?.[1];
      if (type !== undefined && KINDS_OF[type] !== undefined) listed.add(KINDS_OF[type]);
      for (const object of objectsOf(input, document.value, documents.length > 1 ? `[${index}]` : '')) {
        if (object.inList && KINDS_OF[object.kind] !== undefined) listed.add(KINDS_OF[object.kind] ?? '');
        if (!take(object, found))
          problems.push({ line: 1, why: `${object.origin.path || 'the document'}: a ${object.kind.slice(0, 40)} without a name` });
      }
    }
    return { readings: readingsOf(input, found, listed), problems };
  },
});
