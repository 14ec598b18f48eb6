import type { FactOf } from '#facts/kinds';
import { type Ip, parseIp } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { ASIDE } from '../kubernetes/aside.ts';
import { isPicky } from '../kubernetes/asked.ts';
import { coverageOf, linesOf, portNumber, quoted } from '../lines.ts';

type Service = FactOf<'service'>;
type Pod = FactOf<'pod'>;
type Cells = ReadonlyMap<string, string>;

/** Tables by their heads; of all but the first two the facts need what the table leaves out. */
const TABLES: readonly { readonly of: string; readonly head: RegExp; readonly lacks?: string }[] = [
  { of: 'pods', head: /^NAME +READY +STATUS +RESTARTS +AGE\b/ },
  { of: 'services', head: /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\b/ },
  { of: 'nodes', head: /^NAME +STATUS +ROLES +AGE +VERSION\b/, lacks: 'their pod prefixes' },
  { of: 'namespaces', head: /^NAME +STATUS +AGE\b/, lacks: 'their labels' },
  { of: 'endpoints', head: /^NAME +ENDPOINTS +AGE\b/, lacks: 'protocols, and which addresses are not ready' },
  {
    of: 'endpointslices',
    head: /^NAME +ADDRESSTYPE +PORTS +ENDPOINTS +AGE\b/,
    lacks: 'the Service, protocols, and which addresses are ready',
  },
  { of: 'events', head: /^LAST SEEN +TYPE +REASON +OBJECT\b/, lacks: 'when they were' },
];

/** The head of some table: words in capitals, `NAME` among the first. */
const HEAD = /^(?:NAMESPACE +)?(?:NAME|LAST SEEN) +[A-Z][A-Z() -]+(?: |$)/;

const tableOf = (line: string): (typeof TABLES)[number] | undefined =>
  TABLES.find(({ head }) => head.test(line.replace(/^NAMESPACE +/, '')));

/** Where each column begins; names of two words have one blank between them. */
const columnsOf = (header: string): readonly { readonly name: string; readonly at: number }[] =>
  [...header.slice(0, 2000).matchAll(/\S+(?: \S+)*/g)].map((found) => ({ name: found[0], at: found.index }));

/** The namespace that was asked for, where the table has no column of it. */
function askedNamespace(input: Input): string | undefined {
  const at = input.argv.findIndex((word) => word === '-n' || word === '--namespace');
  return at >= 0 ? input.argv[at + 1] : input.argv.find((word) => word.startsWith('--namespace='))?.slice('--namespace='.length);
}

const addressesOf = (text: string): Ip[] => text.split(',').flatMap((one) => parseIp(one) ?? []);

// `Unknown` is also shown of a Pod that is being deleted on a lost node, whatever its phase
const PHASES = new Set(['Pending', 'Running', 'Succeeded', 'Failed']);

const orNone = (text: string | undefined): string | null | undefined => (text === '<none>' ? null : text);

/** With `pods,svc` or `all` each name has its kind before it. */
const nameOf = (cells: Cells): string => (cells.get('NAME') ?? '').replace(/^[a-z][a-z.]*\//, '');

/** What the API takes for a name (RFC 1123); anything else is no row. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** All containers may be ready and the Pod is not: by a readiness gate, or because its node is lost. */
function readyOf(column: string | undefined): boolean | undefined {
  const [ready, all] = (column ?? '').split('/');
  if (ready === undefined || all === undefined) return undefined;
  return ready === all && ready !== '0' ? undefined : false;
}

function labelsOf(text: string | undefined): Pod['labels'] {
  return text === undefined ? undefined : (selectorOf(text) ?? {});
}

function podOf(cells: Cells, namespace: string): Omit<Pod, 'origin'> | string {
  const ip = cells.get('IP');
  if (ip === undefined) return 'without -o wide the table tells no addresses';
  const status = cells.get('STATUS') ?? '';
  return {
    namespace,
    name: nameOf(cells),
    uid: undefined,
    node: orNone(cells.get('NODE')),
    addresses: addressesOf(ip),
    hostNetwork: undefined,
    phase: PHASES.has(status) ? status : undefined, // the column also shows reasons of containers
    ready: readyOf(cells.get('READY')),
    labels: labelsOf(cells.get('LABELS')),
  };
}

/** `53/UDP`, `80:30080/TCP`; names and targets are not told. */
function portsOf(text: string): Service['ports'] | undefined {
  if (text === '<none>') return [];
  const ports = text.split(',').map((one) => {
    const [, port, nodePort, protocol] = /^(\d{1,5})(?::(\d{1,5}))?\/(TCP|UDP|SCTP)$/.exec(one) ?? [];
    const number = portNumber(port);
    if (number === undefined) return undefined;
    return {
      name: undefined,
      protocol: protocol as 'TCP' | 'UDP' | 'SCTP',
      port: number,
      targetPort: undefined,
      nodePort: portNumber(nodePort) ?? null,
    };
  });
  return ports.includes(undefined) ? undefined : ports.filter((one) => one !== undefined);
}

function selectorOf(text: string | undefined): Service['selector'] {
  if (text === undefined || text === '<none>') return text === undefined ? undefined : null;
  return Object.fromEntries(text.split(',').map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)]));
}

function serviceOf(cells: Cells, namespace: string): Omit<Service, 'origin'> | string {
  const ports = portsOf(cells.get('PORT(S)') ?? '');
  if (ports === undefined) return 'ports that are not understood';
  const clusterIps = addressesOf(cells.get('CLUSTER-IP') ?? '');
  return {
    namespace,
    name: nameOf(cells),
    type: cells.get('TYPE'),
    clusterIps,
    ports,
    selector: selectorOf(cells.get('SELECTOR')),
  };
}

/** A text that holds no table, but what kubectl says instead of one. */
const INSTEAD = /^(?:No resources found|Error from server \(|The connection to the server |Unable to connect to the server: )/m;

/**
 * `kubectl get pods -o wide` and `kubectl get services`, alone or together. Other tables are known, and leave out what their
 * facts need.
 */
export default defineFormat({
  id: 'kubectl-table',
  is: 'Pods and Services as `kubectl get` prints them',
  tells: ['pod', 'service'],
  recognise: (head) => {
    const lines = linesOf(head);
    return lines.some((line) => tableOf(line) !== undefined) ? 0.97 : lines.length < 20 && INSTEAD.test(head) ? 0.95 : 0;
  },
  parse: (input): Parsed => {
    const pods: Pod[] = [];
    const services: Service[] = [];
    const problems: Problem[] = [];
    let columns = columnsOf('');
    let table: (typeof TABLES)[number] | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#') || ASIDE.test(line) || INSTEAD.test(line)) continue;
      if (HEAD.test(line)) {
        table = tableOf(line);
        columns = columnsOf(line);
        if (table?.lacks !== undefined)
          problems.push({
            line: index + 1,
            why: `the table of ${table.of} does not tell ${table.lacks}: kubectl get ${table.of} -o json does`,
          });
        continue;
      }
      if (columns.length > 0 && (table === undefined || table.lacks !== undefined)) continue;
      const cells: Cells = new Map(columns.map(({ name, at }, column) => [name, line.slice(at, columns[column + 1]?.at).trim()]));
      const origin = lineOf(input, index + 1);
      const read = line.length > 4096 || !NAME.test(nameOf(cells)) ? `no row: ${quoted(line)}` : rowOf(table?.of, cells, input);
      if (typeof read === 'string') problems.push({ line: index + 1, why: read });
      else if ('phase' in read) pods.push({ ...read, origin });
      else services.push({ ...read, origin });
    }
    const whole =
      problems.length === 0 && columns.some(({ name }) => name === 'NAMESPACE') && !isPicky(input.argv) ? coverageOf(input) : [];
    const readings = [
      ...(pods.length > 0 ? [reading('pod', pods, whole, CLUSTER)] : []),
      ...(services.length > 0 ? [reading('service', services, whole, CLUSTER)] : []),
    ];
    return { readings, problems };
  },
});

function rowOf(of: string | undefined, cells: Cells, input: Input): Omit<Pod, 'origin'> | Omit<Service, 'origin'> | string {
  const namespace = cells.get('NAMESPACE') ?? askedNamespace(input);
  if (namespace === undefined) return 'the table does not tell the namespace';
  return of === 'pods' ? podOf(cells, namespace) : serviceOf(cells, namespace);
}
