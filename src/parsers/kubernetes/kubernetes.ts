import type { FactOf, KindId } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { CLUSTER } from '#snapshot/scope';
import { listAt, textAt } from '../document.ts';
import { configOf } from '../flannel.ts';
import { defineFormat, type Input, type Parsed, type Problem, pathOf, type Reading, reading } from '../format.ts';
import { withoutAsides } from './aside.ts';
import { askedFor, isEverywhere, isPicky } from './asked.ts';
import { documentsIn } from './documents.ts';
import { leaseOfNode } from './flannel-node.ts';
import { type Reader, readerOf } from './readers.ts';

/** What was read of each kind of fact. */
type Found = Map<KindId, Slot>;

type Slot = {
  readonly facts: FactOf<KindId>[];
  /** The object kinds that a list held. */
  readonly listed: Set<Reader>;
  /** Those of them whose list shows that all namespaces were asked for. */
  readonly everywhere: Set<Reader>;
};

type Object = { readonly kind: string; readonly value: unknown; readonly origin: Origin; readonly inList: boolean };

/** The objects of a document: a List's items (a typed list leaves their kind out), or the object itself. */
function* objectsOf(input: Input, document: unknown, prefix: string): Generator<Object> {
  const kind = textAt(document, 'kind');
  const items = listAt(document, 'items');
  if (items === undefined) {
    if (kind !== undefined) yield { kind, value: document, origin: pathOf(input, prefix), inList: false };
    return;
  }
  const own = kindOfItems(document);
  const api = own === undefined ? {} : { apiVersion: textAt(document, 'apiVersion') };
  for (const [index, value] of items.entries()) {
    const of = textAt(value, 'kind') ?? own;
    const typed = own !== undefined && typeof value === 'object' && value !== null ? { kind: own, ...api, ...value } : value;
    if (of !== undefined) yield { kind: of, value: typed, origin: pathOf(input, `${prefix}items[${index}]`), inList: true };
  }
}

const slotOf = (found: Found, kind: KindId): Slot => {
  const slot = found.get(kind) ?? { facts: [], listed: new Set<Reader>(), everywhere: new Set<Reader>() };
  found.set(kind, slot);
  return slot;
};

/** Whether one list holds objects of several namespaces, of whatever kinds: one request is of one namespace or of all. */
const showsSeveral = (document: unknown): boolean =>
  new Set(listAt(document, 'items')?.flatMap((item) => textAt(item, 'metadata', 'namespace') ?? [])).size > 1;

/** Reads one object into facts; `false` when it is of a known kind but broken. */
function take({ kind, value, origin, inList }: Object, found: Found, everywhere: boolean): boolean {
  if (kind === 'ConfigMap') {
    const text = textAt(value, 'data', 'net-conf.json');
    const config = text === undefined ? undefined : configOf(`configmap/${textAt(value, 'metadata', 'name') ?? ''}`, text, origin);
    if (config !== undefined) slotOf(found, 'flannel-config').facts.push(config);
    return true;
  }
  const reader = readerOf(kind, value);
  if (reader === undefined) return true;
  const slot = slotOf(found, reader.fact);
  if (inList) slot.listed.add(reader);
  if (inList && everywhere) slot.everywhere.add(reader);
  const fact = reader.read(value, origin, kind);
  if (fact === undefined) return false;
  slot.facts.push(fact);
  const lease = reader.fact === 'node' ? leaseOfNode(fact as FactOf<'node'>) : undefined;
  if (lease !== undefined) slotOf(found, 'lease').facts.push(lease);
  return true;
}

/** Whether a list holds the objects of all namespaces: asked so, or the API's own path, or it shows several namespaces. */
function isWhole(input: Input, reader: Reader, { everywhere }: Slot): boolean {
  if (isPicky(input.argv)) return false;
  if (reader.isGlobal === true || isEverywhere(input.argv)) return true;
  return input.argv.length === 0 && everywhere.has(reader);
}

/** What a reading of one kind lists fully: everything, or the parts whose objects were listed; nothing where something was not read. */
function coverOf(input: Input, slot: Slot): true | readonly string[] {
  const whole = [...slot.listed].filter((reader) => isWhole(input, reader, slot));
  if (whole.some(({ part }) => part === undefined)) return true;
  return whole.flatMap(({ part }) => part ?? []);
}

function readingsOf(input: Input, found: Found, isLost: boolean): Reading[] {
  const hasNodes = (found.get('node')?.listed.size ?? 0) > 0 && !isPicky(input.argv);
  return [...found].map(([kind, slot]) => {
    const covers = isLost ? [] : kind === 'flannel-config' || (kind === 'lease' && hasNodes) ? true : coverOf(input, slot);
    return reading(kind, slot.facts as never, covers, CLUSTER);
  });
}

/** The kinds of object that a list speaks of, also where it is empty: its own type, or what kubectl was asked for. */
function listedBy(input: Input, document: unknown): readonly Reader[] {
  const kind = textAt(document, 'kind');
  if (listAt(document, 'items') === undefined || kind === undefined) return [];
  if (kind === 'List') return askedFor(input.argv);
  const reader = /List$/.test(kind) ? readerOf(kind.replace(/List$/, ''), document) : undefined;
  return reader === undefined ? [] : [reader];
}

/** The kind of a typed list's items, which leave it out (`PodList`). */
function kindOfItems(document: unknown): string | undefined {
  const kind = textAt(document, 'kind');
  return kind === 'List' ? undefined : kind?.replace(/List$/, '');
}

/** A list that ends before its own kind was cut off: kubectl and the API write that behind the items, or before. */
const isCut = (document: unknown): boolean => listAt(document, 'items') !== undefined && textAt(document, 'kind') === undefined;

/** `kubectl get -o json|yaml` and the API's own bodies: lists, single objects, several YAML documents. */
export default defineFormat({
  id: 'kubernetes',
  is: 'objects of the Kubernetes API as JSON or YAML',
  tells: ['service', 'endpoints', 'pod', 'node', 'lease', 'network-policy', 'calico-policy', 'kubernetes-namespace'],
  recognise: (text) => {
    const head = withoutAsides(text);
    return /^\s*\{\s*"(?:apiVersion|kind|metadata|items)":/.test(head) && /"kind": ?"\w+"/.test(head)
      ? 0.97
      : /^apiVersion: [\w./-]+\s*$/m.test(head) && /^(?:kind: \w+|items:|metadata:|- apiVersion:|data:|spec:)/m.test(head)
        ? 0.97
        : 0;
  },
  parse: (input): Parsed => {
    const text = withoutAsides(input.text);
    const documents = documentsIn(text);
    const found: Found = new Map();
    const problems: Problem[] = [];
    let isLost = false;
    const lose = (why: string): void => {
      isLost = true;
      problems.push({ line: 1, why });
    };
    for (const [index, document] of documents.entries()) {
      if ('why' in document) {
        lose(document.why);
        continue;
      }
      if (isCut(document.value)) lose('a list that does not come to its end');
      for (const [at, item] of (listAt(document.value, 'items') ?? []).entries())
        if ((textAt(item, 'kind') ?? kindOfItems(document.value)) === undefined) lose(`items[${at}] is no object of a kind`);
      for (const reader of listedBy(input, document.value)) slotOf(found, reader.fact).listed.add(reader);
      const everywhere = showsSeveral(document.value);
      for (const object of objectsOf(input, document.value, documents.length > 1 ? `[${index}]` : '')) {
        if (!take(object, found, everywhere)) lose(`${object.origin.path || 'the document'}: a ${object.kind.slice(0, 40)} without a name`);
      }
    }
    return { readings: readingsOf(input, found, isLost), problems };
  },
});
